using System.Data.Common;

namespace OrleansRealtime.Server.Runtimes.OrleansTables;

/// <summary>A database, and what of Orleans belongs into it. Immutable.</summary>
/// <param name="Name">The configuration key that names the database.</param>
/// <param name="Database">The database.</param>
/// <param name="Scripts">Those of its dialect.</param>
/// <param name="Parts">What to install.</param>
internal sealed record TableTarget(string Name, DbDataSource Database, TableScripts Scripts, IReadOnlyList<TablePart> Parts)
{
    /// <summary>Whether whoever installs disposes the database afterwards.</summary>
    public bool IsOwned { get; init; }
}
