using System.Collections.Frozen;

namespace OrleansRealtime.Server.Runtimes.OrleansTables;

/// <summary>
/// The statements of one dialect: those that install, by file name, and those that Orleans' providers read from the table
/// <c>OrleansQuery</c>, by the key that names the file. Immutable.
/// </summary>
internal sealed class TableScripts
{
    private const string Folder = "Runtimes/OrleansTables/";
    private const string Extension = ".sql";
    private const string Create = "create";

    private readonly FrozenDictionary<string, string> _files;

    private TableScripts(string dialect)
    {
        var assembly = typeof(TableScripts).Assembly;
        var prefix = $"{Folder}{dialect}/";
        _files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[prefix.Length..^Extension.Length],
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                },
                StringComparer.Ordinal);
    }

    /// <summary>Those for PostgreSQL 13 or later.</summary>
    public static TableScripts PostgreSql { get; } = new("PostgreSql");

    /// <summary>Those for SQLite 3.35 or later, which has no membership: a file is for the silos of one machine at best.</summary>
    public static TableScripts Sqlite { get; } = new("Sqlite");

    /// <summary>Takes the lock that lets one process install at a time, and creates the table of queries.</summary>
    public string Prepare => _files["prepare"];

    /// <summary>Answers 1 when there is a table of queries.</summary>
    public string HasQueries => _files["has-queries"];

    /// <summary>Answers the keys in the table of queries.</summary>
    public string ListQueries => _files["list-queries"];

    /// <summary>Adds <c>@QueryKey</c> with <c>@QueryText</c>.</summary>
    public string AddQuery => _files["add-query"];

    /// <summary>Creates the tables of a part, where they are missing.</summary>
    public string CreateTables(TablePart part) => _files[$"{FolderOf(part)}{Create}"];

    /// <summary>The statements that the provider of a part looks up, by key.</summary>
    public IEnumerable<KeyValuePair<string, string>> QueriesOf(TablePart part)
    {
        var folder = FolderOf(part);
        return _files
            .Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal) && !file.Key.EndsWith("/" + Create, StringComparison.Ordinal))
            .Select(file => KeyValuePair.Create(file.Key[folder.Length..], file.Value));
    }

    private static string FolderOf(TablePart part) => part switch
    {
        TablePart.Storage => "storage/",
        TablePart.Membership => "membership/",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };
}
