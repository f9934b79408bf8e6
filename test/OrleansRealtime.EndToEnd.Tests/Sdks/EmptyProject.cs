using System.Diagnostics;
using System.Text.RegularExpressions;
using OrleansRealtime.Testing;
using OrleansRealtime.Testing.Servers;
using Xunit.Sdk;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>A project outside the repository, with nothing in it at first: what somebody has who tries a package.</summary>
internal sealed partial class EmptyProject : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();

    /// <summary>Beside the project: where packages are packed to.</summary>
    public string Feed => Directory.CreateDirectory(Path.Combine(_folder.Path, "feed")).FullName;

    /// <summary>The project.</summary>
    public string Folder => Directory.CreateDirectory(Path.Combine(_folder.Path, "project")).FullName;

    /// <summary>Beside the project: what building packages leaves behind.</summary>
    public string Artifacts => Path.Combine(_folder.Path, "artifacts");

    /// <summary>The first block of a README in a language.</summary>
    public static string ExampleOf(string package, string language)
    {
        var readme = File.ReadAllText(RepositoryFiles.PathOf("src", package, "README.md"));
        var block = Block().Matches(readme).First(match => match.Groups["language"].Value == language);
        return block.Groups["code"].Value;
    }

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    /// <summary>Runs an example, and ends it once it wrote what it should.</summary>
    /// <param name="server">The server that it is to use.</param>
    /// <param name="isDone">Told each line that it writes.</param>
    /// <param name="command">The program and its arguments.</param>
    public async Task RunUntilAsync(Uri server, Func<string, bool> isDone, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["REALTIME_URL"] = server.GetLeftPart(UriPartial.Authority);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        var written = new List<string>();
        try
        {
            while (written.Count == 0 || !isDone(written[^1]))
            {
                written.Add(await process.StandardOutput.ReadLineAsync(patience.Token)
                    ?? throw new XunitException($"It ended after: {string.Join('\n', written)}\n{await errors}"));
            }
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"Not within {Patience.TotalSeconds} s, but: {string.Join('\n', written)}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
