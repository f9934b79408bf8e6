namespace OrleansRealtime.Server.Runtimes.OrleansTables;

/// <summary>What of Orleans is kept in a database.</summary>
internal enum TablePart
{
    /// <summary>The state of grains.</summary>
    Storage,

    /// <summary>Which silos there are; PostgreSQL only.</summary>
    Membership,
}
