using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>Brings up the grains that listen to the channels of this silo. Safe for concurrent use.</summary>
/// <remarks>
/// Whatever is noted of a channel is followed by a call to its grain that begins later, and is tried again until it succeeds: at once
/// when none was made for a while, otherwise within <see cref="Interval"/>. So a busy channel calls its grain seldom, and the last
/// publication before a silence is not forgotten.
/// </remarks>
internal sealed class SubscriberWakes(
    IEnumerable<ChannelSubscriberGrain> subscribers,
    IGrainFactory grains,
    [FromKeyedServices(RealtimeTime.Key)] TimeProvider time,
    ILogger<SubscriberWakes> logger)
{
    /// <summary>How long after a call the next one waits: 10 s.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>How long after a call that failed: 1 s.</summary>
    internal static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly FrozenDictionary<string, ChannelSubscriberGrain[]> _subscribers = subscribers
        .GroupBy(static subscriber => subscriber.Namespace)
        .ToFrozenDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.Ordinal);

    private readonly Lock _lock = new();

    // Guarded by _lock. Only of channels of which something was noted within the interval.
    private readonly Dictionary<ChannelName, Wake> _wakes = [];

    /// <summary>Whether a channel has a grain that listens to it.</summary>
    public bool Concern(ChannelName channel) => _subscribers.ContainsKey(channel.Namespace);

    /// <summary>The channel came up, or something was published in it.</summary>
    public void Note(ChannelName channel)
    {
        lock (_lock)
        {
            if (!_wakes.TryGetValue(channel, out var wake))
            {
                wake = new Wake();
                _wakes.Add(channel, wake);
            }

            wake.IsNoted = true;
            StartIfDueLocked(channel, wake, time.GetUtcNow());
        }
    }

    /// <summary>Makes the calls that are due, and forgets what is over.</summary>
    public void Sweep()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (var (channel, wake) in _wakes)
            {
                StartIfDueLocked(channel, wake, now);
                if (!wake.IsNoted && !wake.IsUnderWay && wake.NotBefore <= now)
                {
                    // Removing while enumerating is allowed for this type.
                    _wakes.Remove(channel);
                }
            }
        }
    }

    private void StartIfDueLocked(ChannelName channel, Wake wake, DateTimeOffset now)
    {
        if (!wake.IsNoted || wake.IsUnderWay || wake.NotBefore > now)
        {
            return;
        }

        (wake.IsNoted, wake.IsUnderWay, wake.NotBefore) = (false, true, now + Interval);

        // Outside the channel's turn and without what flows with it.
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = CallAsync(channel, wake), null);
    }

    private async Task CallAsync(ChannelName channel, Wake wake)
    {
        var hasFailed = false;
        try
        {
            foreach (var subscriber in _subscribers[channel.Namespace])
            {
                await subscriber.Find(grains, channel).AsReference<ISubscriberWake>().WakeAsync();
            }
        }
        catch (Exception failure)
        {
            // The boundary of background work, and to the application's code, which may fail to activate.
            hasFailed = true;
            logger.SubscriberNotWoken(channel.Value, failure);
        }

        lock (_lock)
        {
            wake.IsUnderWay = false;
            if (hasFailed)
            {
                (wake.IsNoted, wake.NotBefore) = (true, time.GetUtcNow() + RetryInterval);
            }
        }
    }

    /// <summary>What is to be done for one channel.</summary>
    private sealed class Wake
    {
        public bool IsNoted { get; set; }

        public bool IsUnderWay { get; set; }

        public DateTimeOffset NotBefore { get; set; }
    }
}
