namespace OrleansRealtime.Edge.Connections;

/// <summary>How far a connection has come for the first time, in this order.</summary>
internal enum ConnectionMilestone
{
    /// <summary>It was opened.</summary>
    Opened,

    /// <summary>Its user was admitted.</summary>
    Authenticated,

    /// <summary>A subscription of it was answered.</summary>
    Subscribed,

    /// <summary>It was given a publication.</summary>
    FirstPublication,
}
