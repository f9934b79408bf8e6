using System.Diagnostics;

namespace OrleansRealtime.LoadTest.Peers;

/// <summary>Where the servers lie: beside this program, and under <c>Peers</c> of its project.</summary>
internal static class Files
{
    private const string ServerName = "OrleansRealtime.Server";

    private static readonly string Here = AppContext.BaseDirectory.TrimEnd('/');

    // …/test/OrleansRealtime.LoadTest/bin/<configuration>/net10.0
    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(Here))!;
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here, "../../../../.."));

    /// <summary>This program.</summary>
    public static string Self => Path.Combine(Here, "OrleansRealtime.LoadTest.dll");

    /// <summary>Our server: for a bench as <c>./infra/dev.sh publish</c> leaves it, for a test as it is built to be debugged.</summary>
    public static string Server => Configuration == "Release"
        ? Path.Combine(Root, "artifacts", "server", ServerName + ".dll")
        : Path.Combine(Root, "src", ServerName, "bin", Configuration, "net10.0", ServerName + ".dll");

    /// <summary>Bun's executable, as npm installs it.</summary>
    public static string Bun => Script("node_modules/@oven/bun-linux-x64-baseline/bin/bun");

    /// <summary>The folder of results.</summary>
    public static string Results => Path.Combine(Root, "infra", "bench");

    /// <summary>The first page of the repository.</summary>
    public static string Readme => Path.Combine(Root, "README.md");

    /// <summary>A file under <c>Peers</c>.</summary>
    public static string Script(string name) => Path.Combine(Root, "test", "OrleansRealtime.LoadTest", "Peers", name);

    /// <summary>The commit that was built, with <c>-changed</c> when something is not committed; <c>unknown</c> without git.</summary>
    public static string Commit()
    {
        try
        {
            var commit = Git("rev-parse --short=8 HEAD");
            return Git("status --porcelain --untracked-files=no").Length > 0 ? commit + "-changed" : commit;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string Git(string arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }
}
