namespace OrleansRealtime.Testing.Servers;

/// <summary>Where built programs lie.</summary>
public static class ServerBinary
{
    /// <summary>The root of the repository: the nearest folder above the tests that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The server, as built with the tests.</summary>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    public static string Path =>
        Find(System.IO.Path.Combine(RepositoryRoot, "src", "OrleansRealtime.Server"), "OrleansRealtime.Server");

    /// <summary>The assembly of the project in a folder, as built with the tests.</summary>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    internal static string Find(string projectFolder, string assembly)
    {
        // Tests run from bin/<configuration>/<framework>; the project was built to the same place of its own.
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var path = System.IO.Path.Combine(projectFolder, "bin", framework.Parent!.Name, framework.Name, assembly + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"Build {assembly} first.", path);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "OrleansRealtime.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}
