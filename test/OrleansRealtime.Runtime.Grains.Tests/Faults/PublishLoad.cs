using System.Collections.Concurrent;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Grains.Tests.Faults;

/// <summary>Publishers of one channel, each of which publishes again with the same message id until it is acknowledged.</summary>
internal sealed class PublishLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, long> _acknowledged = new();
    private readonly ConcurrentDictionary<RealtimeErrorCode, int> _refusals = new();
    private readonly ChannelName _channel;
    private readonly List<Task> _publishers;
    private int _unreachable;
    private volatile bool _isStopping;
    private volatile bool _isAbandoned;

    /// <summary>Starts publishers that call through these by turns.</summary>
    public PublishLoad(ChannelName channel, int publishers, params IReadOnlyList<IChannels> through)
    {
        _channel = channel;
        _publishers = [.. Enumerable.Range(0, publishers)
            .Select(publisher => Task.Run(() => RunAsync(through[publisher % through.Count].Get(channel), publisher)))];
    }

    /// <summary>How many publications were acknowledged.</summary>
    public int Count => _acknowledged.Count;

    /// <summary>How often publishers heard that the channel was not to be had, by refusal or by exception.</summary>
    public int Unavailable => _unreachable + _refusals.GetValueOrDefault(RealtimeErrorCode.Unavailable);

    /// <summary>Completes when so many more are acknowledged.</summary>
    public Task WhenMoreAsync(int count)
    {
        var goal = Count + count;
        return Until.TrueAsync($"{goal} publications are acknowledged", () => new(Count >= goal));
    }

    /// <summary>Ends the publishers whatever they wait for; a cluster that is gone answers them no more.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = _isAbandoned = true;
        await Task.WhenAll(_publishers).WaitAsync(Until.Patience);
    }

    /// <summary>Ends the publishers, when what each is about is acknowledged.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        return Task.WhenAll(_publishers).WaitAsync(Until.Patience);
    }

    /// <summary>
    /// Asserts what publishers were promised: numbers without holes, nothing twice, everything acknowledged where it was said to be,
    /// and no other refusal than unavailable. Returns the last number.
    /// </summary>
    public long AssertKept(MemoryChannelLog log)
    {
        var stored = log.History(_channel);
        Assert.Equal(Enumerable.Range(1, stored.Length).Select(static i => (long)i), stored.Select(static one => one.Sequence));
        Assert.Equal(stored.Length, stored.Select(static one => one.MessageId).Distinct().Count());
        Assert.All(_acknowledged, pair => Assert.Equal(pair.Key, stored[(int)pair.Value - 1].MessageId));
        Assert.All(_refusals.Keys, static code => Assert.Equal(RealtimeErrorCode.Unavailable, code));
        return stored.Length;
    }

    private async Task RunAsync(IChannel channel, int publisher)
    {
        var caller = Caller.Trusted($"publisher{publisher}");
        for (var i = 0; !_isStopping; i++)
        {
            var request = new PublishRequest(caller, Payload.Json($"{i}"), $"{publisher}-{i}");
            while (!_isAbandoned && !await TryPublishAsync(channel, request))
            {
                // As a client does, but sooner.
                await Until.MomentAsync();
            }

            // What 200 subscribers can be given on a machine that is busy otherwise.
            await Task.Delay(Pace, TimeProvider.System);
        }
    }

    private async Task<bool> TryPublishAsync(IChannel channel, PublishRequest request)
    {
        try
        {
            var outcome = await channel.PublishAsync(request, CancellationToken.None);
            if (outcome.Refusal is { } refusal)
            {
                _refusals.AddOrUpdate(refusal.Code, 1, static (_, count) => count + 1);
                return false;
            }

            return _acknowledged.TryAdd(request.MessageId!, outcome.Position.Sequence);
        }
        catch (ActorUnavailableException)
        {
            Interlocked.Increment(ref _unreachable);
            return false;
        }
    }
}
