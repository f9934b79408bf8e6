using System.Runtime.InteropServices;
using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Channels;

/// <summary>The rates of one channel: one bucket for the channel, and one for each sender that was active within a second.</summary>
/// <remarks>
/// At most <see cref="MaxSenders"/> senders have a bucket of their own. A bucket left alone for a second is full, so forgetting
/// it changes nothing; when even so there is no room, the senders that are not yet known share one bucket.
/// </remarks>
internal sealed class RateLimiter
{
    /// <summary>Twice what the default rate of a channel lets through in a second.</summary>
    public const int MaxSenders = 10_000;

    // Null until a sender has one: many channels are written to by servers only.
    private Dictionary<Sender, TokenBucket>? _senders;
    private TokenBucket _channel;
    private TokenBucket _others;
    private DateTimeOffset _sweptAt;

    /// <summary>How many senders have a bucket.</summary>
    public int TrackedSenders => _senders?.Count ?? 0;

    /// <summary>Takes a token of the sender and one of the channel, or neither.</summary>
    /// <param name="limits">The rates in force.</param>
    /// <param name="sender">The sender.</param>
    /// <param name="isTrusted">A server speaks for many, so only the channel's rate binds it.</param>
    /// <param name="now">The time.</param>
    /// <returns>Zero when they were taken; otherwise when both may be there.</returns>
    public TimeSpan TryTake(ChannelLimits limits, Sender sender, bool isTrusted, DateTimeOffset now)
    {
        var perSender = isTrusted ? 0 : limits.PublishesPerSecondPerSender;
        var wait = limits.PublishesPerSecond > 0 ? _channel.WaitFor(limits.PublishesPerSecond, now) : TimeSpan.Zero;
        if (perSender > 0)
        {
            ref var bucket = ref BucketOf(sender, now);
            var senderWait = bucket.WaitFor(perSender, now);
            wait = senderWait > wait ? senderWait : wait;
            if (wait == TimeSpan.Zero)
            {
                bucket.Take(perSender, now);
            }
        }

        if (wait == TimeSpan.Zero && limits.PublishesPerSecond > 0)
        {
            _channel.Take(limits.PublishesPerSecond, now);
        }

        return wait;
    }

    private ref TokenBucket BucketOf(Sender sender, DateTimeOffset now)
    {
        _senders ??= [];
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_senders, sender);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref known))
        {
            return ref known;
        }

        // At most one sweep a second: a sweep that finds nothing full cannot find more before that.
        if (_senders.Count >= MaxSenders && now - _sweptAt >= TokenBucket.FillTime)
        {
            _sweptAt = now;
            foreach (var (other, bucket) in _senders)
            {
                if (bucket.IsFull(now))
                {
                    _senders.Remove(other);
                }
            }
        }

        if (_senders.Count >= MaxSenders)
        {
            return ref _others;
        }

        return ref CollectionsMarshal.GetValueRefOrAddDefault(_senders, sender, out _)!;
    }
}
