using System.Diagnostics;
using System.Globalization;
using Xunit.Sdk;

namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

/// <summary>A private Redis on a free port of the loopback, which keeps nothing.</summary>
/// <remarks>A shell watches over it and ends it when its standard input closes, however this process ends.</remarks>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string SupervisorScript = """
        "$1" --port "$2" --bind 127.0.0.1 --save '' --appendonly no --daemonize no <&- &
        server=$!
        while read -r line; do :; done
        kill "$server"
        wait "$server" || true
        """;

    private readonly Process _supervisor;
    private readonly int _port;

    private RedisServer(Process supervisor, int port)
    {
        _supervisor = supervisor;
        _port = port;
    }

    /// <summary>Its address, as configuration states it.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    public static async Task<RedisServer> StartAsync()
    {
        var port = FreePorts.Next();
        var supervisor = Process.Start(new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", SupervisorScript, "redis-supervisor", RedisFactAttribute.Find() ?? "redis-server", port.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var said = new List<string>();
        while (await supervisor.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
        {
            said.Add(line);
            if (line.Contains("Ready to accept connections", StringComparison.OrdinalIgnoreCase))
            {
                // What is not read would one day fill the pipe.
                _ = supervisor.StandardOutput.ReadToEndAsync();
                return new RedisServer(supervisor, port);
            }
        }

        throw new XunitException($"Redis ended: {string.Join(Environment.NewLine, said)}");
    }

    public async ValueTask DisposeAsync()
    {
        _supervisor.StandardInput.Close();
        await _supervisor.WaitForExitAsync();
        _supervisor.Dispose();
    }
}
