using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Embedded;

namespace OrleansRealtime.Runtime.Tests.Embedded;

/// <summary>What a publish costs in memory on its way through the embedded runtime to a channel that nobody listens to.</summary>
public sealed class PublishAllocationTests
{
    // Twice what the replay buffer holds, so that it has its size before anything is counted.
    private const int Publishes = 2000;

    // The publication, the batch of one that is delivered, and the answer make 240 bytes; one more object would exceed this.
    private const long MaxBytesPerPublish = 256;

    [Fact]
    public async Task Publish_ToAnIdleMemoryChannel_StaysWithinItsBound()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IChannelPolicies>(new ContractPolicies());
        services.AddLogging();
        services.AddEmbeddedRealtime(static _ => { });
        await using var provider = services.BuildServiceProvider();
        var channel = provider.GetRequiredService<IChannels>().Get(ChannelName.Parse("memory:quiet"));
        var request = new PublishRequest(Caller.Trusted("test"), Payload.Json("1"));
        Publish(channel, request);

        var bytes = Publish(channel, request) / Publishes;

        Assert.InRange(bytes, 1, MaxBytesPerPublish);
        await provider.GetRequiredService<EmbeddedRuntime>().StopAsync(CancellationToken.None);
    }

    /// <summary>Publishes again and again on this thread, and says how many bytes it allocated meanwhile.</summary>
    private static long Publish(IChannel channel, PublishRequest request)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Publishes; i++)
        {
            var publish = channel.PublishAsync(request, CancellationToken.None);
            if (!publish.IsCompletedSuccessfully || publish.Result.Refusal is not null)
            {
                Assert.Fail("A publish to an idle channel was not accepted on the caller's thread.");
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
