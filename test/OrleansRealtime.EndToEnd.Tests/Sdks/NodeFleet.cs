using System.Diagnostics;
using System.Text.Json;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>A fleet of the TypeScript SDK, in a process of Node.js.</summary>
internal sealed class NodeFleet : IFleet
{
    private readonly Process _process;
    private readonly SemaphoreSlim _oneAtATime = new(1);

    private NodeFleet(Process process) => _process = process;

    public static async Task<NodeFleet> StartAsync(FleetOptions options, string folder)
    {
        var script = await TypeScriptPackage.BundleAsync("tests/real/node.ts", Path.Combine(folder, "node.cjs"), "--platform=node", "--format=cjs");
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(JsonSerializer.Serialize(options, TypeScriptPackage.Json));
        return new NodeFleet(Process.Start(start)!);
    }

    public Task<FleetReport> AskAsync() => AskAsync("report");

    public Task<FleetReport> StopAsync() => AskAsync("stop");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
        }

        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        _process.Dispose();
        _oneAtATime.Dispose();
        Assert.Equal(0, code);
    }

    private async Task<FleetReport> AskAsync(string question)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(question);
            await _process.StandardInput.FlushAsync();
            var answer = await _process.StandardOutput.ReadLineAsync();
            return JsonSerializer.Deserialize<FleetReport>(answer ?? throw new InvalidOperationException("Node.js ended."), TypeScriptPackage.Json)!;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
