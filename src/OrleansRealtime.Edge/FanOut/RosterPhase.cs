namespace OrleansRealtime.Edge.FanOut;

/// <summary>How far what an edge's subscribers believe of who is present can be relied on.</summary>
internal enum RosterPhase
{
    /// <summary>Nobody on this edge hears of presence.</summary>
    Deaf,

    /// <summary>The first list has not been read yet.</summary>
    Learning,

    /// <summary>What subscribers believe is what the channel says.</summary>
    Settled,

    /// <summary>The edge attached again, and the channel may not know all its members yet.</summary>
    Unsettled,
}
