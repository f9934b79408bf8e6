namespace OrleansRealtime.LoadTest.Peers;

/// <summary>Where our server keeps durable channels. Immutable.</summary>
/// <param name="Provider"><c>none</c>, <c>sqlite</c> or <c>postgresql</c>.</param>
/// <param name="ConnectionString">Empty for none.</param>
internal sealed record Store(string Provider, string ConnectionString)
{
    /// <summary>Channels are in memory only.</summary>
    public static Store None { get; } = new("none", "");

    /// <summary>The channels that the bench loads are in the log before they are acknowledged.</summary>
    public bool IsDurable => Provider != "none";

    /// <summary>Whether retention keeps as much as it may, so that nothing is trimmed while it is measured.</summary>
    public bool KeepsAll { get; init; }

    /// <summary>A database in a file, which is created.</summary>
    public static Store Sqlite(string file) => new("sqlite", $"Data Source={file}");
}
