using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>A scenario's run against one server: the server, the load, and the figures it comes to.</summary>
internal sealed class Trial(Peer peer, TrialSettings settings) : IAsyncDisposable
{
    private static readonly TimeSpan SettlingPatience = TimeSpan.FromSeconds(10);

    private ServerProcess? _server;
    private LoadRun? _load;
    private string? _directory;

    public Peer Peer => peer;

    public TrialSettings Settings => settings;

    /// <summary>The server that runs now.</summary>
    public ServerProcess Server => _server ?? throw new InvalidOperationException("No server was started.");

    /// <summary>The clients; they outlive a server.</summary>
    public LoadRun Load => _load ?? throw new InvalidOperationException("No server was started.");

    /// <summary>What was measured, by name; the name says the unit.</summary>
    public Dictionary<string, double> Figures { get; } = [];

    /// <summary>What the server has used until now.</summary>
    public ServerUsage Usage => Server.Usage;

    /// <summary>A directory for files of this run, which go with it.</summary>
    public string Directory => _directory ??= System.IO.Directory.CreateTempSubdirectory("bench").FullName;

    /// <summary>Starts the server, or another after it.</summary>
    public async Task StartAsync(Store store)
    {
        _server = await ServerProcess.StartAsync(peer, store);
        _load ??= new LoadRun(peer.Dialect, _server.Port);
        _load.Server = new(System.Net.IPAddress.Loopback, _server.Port);
    }

    /// <summary>Kills the server, as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.DisposeAsync();
        }
    }

    /// <summary>Measures what the server uses, and what is delivered, for as long as was asked for.</summary>
    public async Task MeasureAsync(int subscribersPerPublication)
    {
        await Load.InLoopAsync(Load.Latencies.Clear);
        var (before, deliveries, watch) = (Usage, Load.Deliveries, Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(settings.Seconds));
        var (cpu, delivered) = (Usage.Cpu - before.Cpu, Load.Deliveries - deliveries);
        Figures[Figure.DeliveriesPerSecond] = delivered / watch.Elapsed.TotalSeconds;
        Figures[Figure.CpuPerDelivery] = cpu.TotalMicroseconds / Math.Max(1, delivered);
        Figures[Figure.CpuPerPublication] = Figures[Figure.CpuPerDelivery] * subscribersPerPublication;
    }

    /// <summary>Takes the latencies since the measuring began. Only where each publication has a time at which it is due.</summary>
    public Task TakeLatenciesAsync() => Load.InLoopAsync(() =>
    {
        Figures[Figure.LatencyMedian] = Load.Latencies.Microseconds(0.5);
        Figures[Figure.Latency99] = Load.Latencies.Microseconds(0.99);
        Figures[Figure.Latency999] = Load.Latencies.Microseconds(0.999);
    });

    /// <summary>Waits for what is under way, then counts what must be zero.</summary>
    public async Task CheckAsync()
    {
        await Load.SettleAsync(SettlingPatience);
        await Load.InLoopAsync(() =>
        {
            Figures[Figure.Lost] = Load.Lost;
            Figures[Figure.Doubled] = Load.Doubled;
            Figures[Figure.ConnectionsLost] = Load.Ended;
        });
    }

    public async ValueTask DisposeAsync()
    {
        _load?.Dispose();
        await KillAsync();
        if (_directory is not null)
        {
            System.IO.Directory.Delete(_directory, recursive: true);
        }
    }
}

/// <summary>How long and how large. Immutable.</summary>
/// <param name="Seconds">How long is measured.</param>
/// <param name="PayloadBytes">How long a payload is.</param>
/// <param name="Connections">How many connections the large scenarios open.</param>
internal sealed record TrialSettings(double Seconds, int PayloadBytes, int Connections);
