using OrleansRealtime.Core.Policies;

namespace OrleansRealtime.Core.Channels;

/// <summary>How much a channel keeps in memory. Immutable.</summary>
/// <param name="Count">Publications.</param>
/// <param name="Bytes">Bytes of payload.</param>
/// <param name="Age">Time since numbered; a publication exactly this old is kept.</param>
internal readonly record struct Retention(int Count, long Bytes, TimeSpan Age)
{
    /// <summary>
    /// A durable channel has the rest in its log, so its buffer needs to serve no more than usual resumes: 10000 publications
    /// of 100 bytes, or 64 of the default limit of 64 KiB.
    /// </summary>
    public const int MaxDurableCount = 10_000;

    /// <summary>See <see cref="MaxDurableCount"/>: 4 MiB.</summary>
    public const long MaxDurableBytes = 4 * 1024 * 1024;

    /// <summary>What the buffer of a channel of this policy keeps, when the channel is as durable as <paramref name="durability"/>.</summary>
    public static Retention Of(ReplayPolicy replay, Durability durability) => durability switch
    {
        Durability.None => new(0, 0, TimeSpan.Zero),
        Durability.Memory => new(replay.Count, replay.Bytes, replay.Age),
        _ => new(Math.Min(replay.Count, MaxDurableCount), Math.Min(replay.Bytes, MaxDurableBytes), replay.Age),
    };

    /// <summary>Whether what was numbered at <paramref name="time"/> has outlived the age.</summary>
    public bool IsTooOld(DateTimeOffset time, DateTimeOffset now) => now - time > Age;
}
