using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Grains.Actors;
using OrleansRealtime.Runtime.Grains.Tests.Contract;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Grains.Tests.Faults;

/// <summary>The silo that hosts a busy channel dies while publishers go on.</summary>
public sealed class SiloLossTests
{
    private const int Publishers = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ChannelName Channel = ChannelName.Parse("durable:busy");
    private static readonly EdgeId Edge = new("east");

    [Fact]
    public async Task Publishers_OfAChannelWhoseSiloDies_LoseNothingAcknowledged_AndNothingIsTwice()
    {
        await using var cluster = new ClusterFixture(silos: 3);
        await cluster.StartAsync();
        var inbox = new RecordingInbox();
        using var registration = cluster.Edges.Register(Edge, inbox);
        var host = await HostInTheMiddleAsync(cluster);
        await AttachAsync(cluster);
        using var stop = new CancellationTokenSource();
        var acknowledged = Enumerable.Range(0, Publishers).Select(publisher => Task.Run(() => PublishAsync(cluster, publisher, stop.Token))).ToList();
        await inbox.WhenPublications(200).WaitAsync(Patience);

        await cluster.KillAsync(host);
        await AttachAsync(cluster);
        var before = inbox.Publications.Count;
        await inbox.WhenPublications(before + 200).WaitAsync(Patience);
        await stop.CancelAsync();

        var positions = (await Task.WhenAll(acknowledged).WaitAsync(Patience)).SelectMany(static mine => mine).ToDictionary();
        var stored = ((MemoryChannelLog)cluster.Log).History(Channel);
        Assert.Equal(Enumerable.Range(1, stored.Length).Select(static i => (long)i), stored.Select(static one => one.Sequence));
        Assert.Equal(stored.Length, stored.Select(static one => one.MessageId).Distinct().Count());
        Assert.All(positions, pair => Assert.Equal(pair.Key, stored[(int)pair.Value - 1].MessageId));
        var delivered = inbox.Publications.Select(static one => one.Sequence).ToList();
        Assert.Equal(delivered.Distinct().Order(), delivered);
    }

    /// <summary>Makes the channel live in the silo that neither calls nor holds the edge.</summary>
    private static async Task<Orleans.TestingHost.InProcessSiloHandle> HostInTheMiddleAsync(ClusterFixture cluster)
    {
        var middle = cluster.Silos[1];
        RequestContext.Set(Orleans.Runtime.Placement.IPlacementDirector.PlacementHintKey, middle.SiloAddress);
        await middle.ServiceProvider.GetRequiredService<IGrainFactory>()
            .GetGrain<IChannelGrain>(Channel.Value).DescribeAsync(CancellationToken.None);
        RequestContext.Clear();
        Assert.Equal(1, middle.ServiceProvider.GetRequiredService<ActorSweep>().Count);
        return middle;
    }

    /// <summary>Attaches as an edge does: until it is told a position.</summary>
    private static async Task AttachAsync(ClusterFixture cluster)
    {
        while (true)
        {
            try
            {
                await cluster.Channels.Get(Channel).AttachAsync(new AttachRequest(Edge, 0, []), CancellationToken.None);
                return;
            }
            catch (ActorUnavailableException)
            {
                // As after a lost silo: again.
            }
        }
    }

    /// <summary>Publishes one after the other, each until it is acknowledged; returns where each stands.</summary>
    private static async Task<Dictionary<string, long>> PublishAsync(
        ClusterFixture cluster, int publisher, CancellationToken stop)
    {
        var positions = new Dictionary<string, long>();
        var caller = Caller.Trusted($"publisher{publisher}");
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var messageId = $"{publisher}-{i}";
            while (!positions.ContainsKey(messageId))
            {
                try
                {
                    var outcome = await cluster.Channels.Get(Channel).PublishAsync(
                        new PublishRequest(caller, Payload.Json($"{i}"), messageId), CancellationToken.None);
                    if (outcome.Refusal is null)
                    {
                        positions[messageId] = outcome.Position.Sequence;
                    }
                }
                catch (ActorUnavailableException)
                {
                    // Unknown outcome: again with the same message id.
                }
            }
        }

        return positions;
    }
}
