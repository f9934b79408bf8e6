using System.Diagnostics;
using System.Text.RegularExpressions;
using OrleansRealtime.Testing;

namespace OrleansRealtime.EndToEnd.Tests.Browsers;

/// <summary>Runs the tests of the console's pure modules, which are written beside them in JavaScript, in Node.</summary>
public sealed partial class ConsoleModuleTests
{
    private const int LeastTests = 24;

    [Fact]
    public async Task Modules_OfTheConsole_PassTheirTestsInNode()
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, WorkingDirectory = RepositoryFiles.PathOf("test/Console") };
        start.ArgumentList.Add("--test");
        using var node = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = await node.StandardOutput.ReadToEndAsync(patience.Token);
        await node.WaitForExitAsync(patience.Token);

        Assert.True(node.ExitCode == 0, output);
        var passed = int.Parse(Passed().Match(output).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(passed >= LeastTests, $"Only {passed} tests were found:\n{output}");
    }

    [GeneratedRegex(@"^# pass (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Passed();
}
