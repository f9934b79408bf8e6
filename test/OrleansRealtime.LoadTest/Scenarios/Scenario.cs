using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>One question about a server, asked of every peer in the same way.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="RunAsync">Asks it of a server that has just been started.</param>
internal sealed record Scenario(string Name, Func<Trial, Task> RunAsync)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("saturated", FanOut.SaturatedAsync),
        new("paced", FanOut.PacedAsync),
        new("few-channels", FanOut.FewChannelsAsync),
        new("many-channels", FanOut.ManyChannelsAsync),
        new("huge-channel", FanOut.HugeChannelAsync),
        new("idle", Connections.IdleAsync),
        new("connect-storm", Connections.StormAsync),
    ];
}

/// <summary>A scenario's run against one server: the server, the load, and the figures it comes to.</summary>
internal sealed class Trial(Peer peer, Process server, int port, TrialSettings settings) : IDisposable
{
    public Peer Peer => peer;

    public TrialSettings Settings => settings;

    public LoadRun Load { get; } = new(peer.Dialect, port);

    /// <summary>What was measured, by name; the name says the unit.</summary>
    public Dictionary<string, double> Figures { get; } = [];

    /// <summary>What the server has used until now.</summary>
    public ServerUsage Usage => ServerUsage.Of(server);

    /// <summary>Measures what the server uses, and what is delivered, for a while.</summary>
    public async Task MeasureAsync(TimeSpan duration)
    {
        await Load.InLoopAsync(Load.Latencies.Clear);
        var (before, deliveries, watch) = (Usage, Load.Deliveries, Stopwatch.StartNew());
        await Task.Delay(duration);
        var (cpu, delivered) = (Usage.Cpu - before.Cpu, Load.Deliveries - deliveries);
        Figures["deliveries per second"] = delivered / watch.Elapsed.TotalSeconds;
        Figures["server µs per delivery"] = cpu.TotalMicroseconds / Math.Max(1, delivered);
        await Load.InLoopAsync(() =>
        {
            Figures["latency p50 µs"] = Load.Latencies.Microseconds(0.5);
            Figures["latency p99 µs"] = Load.Latencies.Microseconds(0.99);
        });
    }

    /// <summary>What must be zero.</summary>
    public async Task CheckAsync() => await Load.InLoopAsync(() =>
    {
        Figures["lost"] = Load.Lost;
        Figures["doubled or reordered"] = Load.Doubled;
        Figures["connections lost"] = Load.Ended;
    });

    public void Dispose() => Load.Dispose();
}

/// <summary>How long and how large. Immutable.</summary>
/// <param name="Seconds">How long is measured.</param>
/// <param name="PayloadBytes">How long a payload is.</param>
/// <param name="Connections">How many connections the large scenarios open.</param>
internal sealed record TrialSettings(double Seconds, int PayloadBytes, int Connections);
