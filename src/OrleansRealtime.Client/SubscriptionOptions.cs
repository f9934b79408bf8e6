using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client;

/// <summary>What a subscription starts with and how it is delivered. Immutable; change a copy by <c>with</c>.</summary>
public sealed record SubscriptionOptions
{
    /// <summary>The last position that the application has seen, to go on after it. Default null: start live.</summary>
    public Position? From { get; init; }

    /// <summary>Without <see cref="From"/>: how many of the latest publications come first, 0 to 1000. Default 0.</summary>
    public int Last { get; init; }

    /// <summary>Whether to be present in the channel and to follow who is. Default false.</summary>
    public bool Presence { get; init; }

    /// <summary>Of each key at most one publication per interval, the newest; 10 ms to 60 s. Default null: every one.</summary>
    public TimeSpan? Conflate { get; init; }

    /// <summary>How many publications wait for the application at most. Default 1024.</summary>
    public int BufferCount { get; init; } = 1024;

    /// <summary>How many bytes of payload wait at most; one publication is always taken. Default 4 MiB.</summary>
    public long BufferBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What happens when the buffer is full. Default <see cref="BufferPolicy.CatchUp"/>.</summary>
    public BufferPolicy WhenFull { get; init; } = BufferPolicy.CatchUp;

    /// <summary>
    /// Called between the publications where history was lost, in their order, by the enumeration itself. When it returns, the
    /// enumeration goes on after the loss. Default null: the enumeration throws <see cref="HistoryLostException"/>, so that no
    /// application overlooks it.
    /// </summary>
    public Func<HistoryLoss, CancellationToken, ValueTask>? OnHistoryLost { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Last);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Last, CommandLimits.MaxPublications);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, 1);
        if (Conflate is { } interval)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(interval, CommandLimits.MinConflate);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(interval, CommandLimits.MaxConflate);
        }
    }
}
