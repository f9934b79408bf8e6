using System.Diagnostics;
using System.Text.Json;
using OrleansRealtime.Testing;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>The npm package in the repository, as restored by <c>./infra/dev.sh test</c>.</summary>
internal static class TypeScriptPackage
{
    public static string Folder { get; } = RepositoryFiles.PathOf("src", "OrleansRealtime.Client.TypeScript");

    public static bool IsRestored => File.Exists(Path.Combine(Folder, "node_modules", ".bin", "esbuild"));

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    /// <summary>Makes one file of a script and all that it imports.</summary>
    /// <returns>The path of that file.</returns>
    public static async Task<string> BundleAsync(string entry, string output, params string[] flags)
    {
        await RunAsync(
            Folder, Path.Combine(Folder, "node_modules", ".bin", "esbuild"), [entry, "--bundle", "--log-level=warning", $"--outfile={output}", .. flags]);
        return output;
    }

    /// <summary>Runs a program to its end, which must be a good one.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        return await output;
    }
}
