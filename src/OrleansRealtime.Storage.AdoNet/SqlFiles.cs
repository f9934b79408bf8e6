using System.Collections.Frozen;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Reads the embedded statements of a dialect.</summary>
internal static class SqlFiles
{
    /// <summary>What the names of the schema's scripts begin with; a number of four digits follows.</summary>
    public const string InstallPrefix = "install-";

    private const string Extension = ".sql";

    /// <summary>All statements in a folder, by file name without extension.</summary>
    public static FrozenDictionary<string, string> Read(string folder)
    {
        var assembly = typeof(SqlFiles).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[(folder.Length + 1)..^Extension.Length],
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                },
                StringComparer.Ordinal);
    }
}
