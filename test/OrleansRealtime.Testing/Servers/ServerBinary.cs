namespace OrleansRealtime.Testing.Servers;

/// <summary>Where the built server lies.</summary>
public static class ServerBinary
{
    /// <summary>The root of the repository: the nearest folder above the tests that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The server, as built with the tests.</summary>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    public static string Path
    {
        get
        {
            // Tests run from bin/<configuration>/<framework>; the server was built to the same place of its own project.
            var framework = new DirectoryInfo(AppContext.BaseDirectory);
            var path = System.IO.Path.Combine(
                RepositoryRoot, "src", "OrleansRealtime.Server", "bin", framework.Parent!.Name, framework.Name, "OrleansRealtime.Server.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException("Build the server first.", path);
        }
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
