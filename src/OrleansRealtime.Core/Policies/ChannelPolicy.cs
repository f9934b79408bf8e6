namespace OrleansRealtime.Core.Policies;

/// <summary>What holds for all channels of a namespace. Immutable; a reload brings a new one.</summary>
public sealed record ChannelPolicy
{
    /// <summary>How many members a channel lists at most: 1000. It counts beyond that.</summary>
    public const int MaxListedMembers = 1000;

    /// <summary>How long a user may be gone before others hear of it: 5 s.</summary>
    public static readonly TimeSpan FlapGrace = TimeSpan.FromSeconds(5);

    /// <summary>The namespace, or <c>*</c> for all that are not listed.</summary>
    public required string Namespace { get; init; }

    /// <summary>What survives; default <see cref="Durability.Memory"/>.</summary>
    public Durability Durability { get; init; } = Durability.Memory;

    /// <summary>What is kept for resume and history.</summary>
    public ReplayPolicy Replay { get; init; } = ReplayPolicy.Default;

    /// <summary>
    /// For how long after it left a client is promised a complete resume, as far as count and bytes reach; null, the default,
    /// for as long as publications are kept. A promise is checked against what is kept when policies are read.
    /// </summary>
    public TimeSpan? ResumeWindow { get; init; }

    /// <summary>Whether the latest publication of each key is kept beyond that; default no.</summary>
    public bool Compact { get; init; }

    /// <summary>What happens to slow subscribers; default <see cref="SlowReaderPolicy.CatchUp"/>.</summary>
    public SlowReaderPolicy SlowReader { get; init; } = SlowReaderPolicy.CatchUp;

    /// <summary>Who may do what when no grant says otherwise; default <see cref="ChannelAccess.Authenticated"/>.</summary>
    public ChannelAccess Access { get; init; } = ChannelAccess.Authenticated;

    /// <summary>Who may publish at all; default anyone allowed.</summary>
    public PublisherPolicy Publishers { get; init; } = PublisherPolicy.Anyone;

    /// <summary>What is told of who is there; default nothing.</summary>
    public PresencePolicy Presence { get; init; } = PresencePolicy.Off;

    /// <summary>What may be published at most.</summary>
    public ChannelLimits Limits { get; init; } = ChannelLimits.Default;

    /// <summary>What subscribers are told of all this.</summary>
    public ChannelGuarantee Guarantee =>
        Durability == Durability.None
            ? new(Durability, 0, 0, TimeSpan.Zero, false, SlowReader)
            : new(Durability, Replay.Count, Replay.Bytes, Replay.Age, Compact, SlowReader);
}
