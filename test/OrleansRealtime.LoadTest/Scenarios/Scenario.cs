using OrleansRealtime.LoadTest.Durable;
using OrleansRealtime.LoadTest.Peers;

namespace OrleansRealtime.LoadTest.Scenarios;

/// <summary>One question about a server, asked of every peer in the same way.</summary>
/// <param name="Name">What it is called on the command line and in results.</param>
/// <param name="RunAsync">Asks it.</param>
internal sealed record Scenario(string Name, Func<Trial, Task> RunAsync)
{
    private static readonly string[] AllPeers = [.. Peer.All.Select(static peer => peer.Name).Where(static name => name != Peer.OursInProtobufName)];
    private static readonly string[] Ours = [Peer.OursName];
    private static readonly string[] OursAndBun = [Peer.OursName, "bun"];
    private static readonly string[] ForPayloads = [Peer.OursName, Peer.OursInProtobufName, "bun"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("saturated", FanOut.SaturatedAsync),
        new("paced", FanOut.PacedAsync),
        new("huge-channel", FanOut.HugeChannelAsync) { SetupSeconds = 5, Peers = OursAndBun },
        new("few-channels", FanOut.FewChannelsAsync) { SetupSeconds = 5, Peers = OursAndBun },
        new("many-channels", FanOut.ManyChannelsAsync) { SetupSeconds = 5, Peers = OursAndBun },
        new("idle", Connections.IdleAsync) { SetupSeconds = 45, IsLoaded = false },
        new("connect-storm", Connections.StormAsync) { SetupSeconds = 18, IsLoaded = false, StartsServer = true },
        new("resume-storm", ResumeStorm.RunAsync) { SetupSeconds = 20, IsLoaded = false, Peers = Ours, IsOursOnly = true, StartsServer = true },
        new("durable-sqlite", static trial => DurableScenario.RunAsync(trial, new SqliteTarget(trial.Directory))) { SetupSeconds = 20, Peers = Ours, IsOursOnly = true, IsJsonOnly = true, StartsServer = true, Measurings = Level.Measurings },
        new("durable-postgresql", DurableScenario.OnPostgreSqlAsync) { SetupSeconds = 25, Peers = Ours, IsOursOnly = true, IsJsonOnly = true, StartsServer = true, Measurings = Level.Measurings },
        new("slow-readers", SlowReaders.RunAsync) { SetupSeconds = 50, Peers = Ours, IsOursOnly = true },
        .. Payloads(32, 128, 1024, 16 * 1024),
    ];

    /// <summary>Names that stand for several.</summary>
    public string? Group { get; init; }

    /// <summary>Of which peers it is asked unless others are named.</summary>
    public IReadOnlyList<string> Peers { get; init; } = AllPeers;

    /// <summary>Whether only our server can be asked.</summary>
    public bool IsOursOnly { get; init; }

    /// <summary>Whether its clients speak JSON only.</summary>
    public bool IsJsonOnly { get; init; }

    /// <summary>How often it measures for as long as was asked for.</summary>
    public int Measurings { get; init; } = 1;

    /// <summary>Whether it starts the server itself, with a store of its own.</summary>
    public bool StartsServer { get; init; }

    /// <summary>How long payloads are, whatever was asked for; null for as long as that.</summary>
    public int? PayloadBytes { get; init; }

    /// <summary>Whether it warms up and then measures for as long as was asked for.</summary>
    public bool IsLoaded { get; init; } = true;

    /// <summary>About how long the rest of it takes.</summary>
    public int SetupSeconds { get; init; } = 2;

    /// <summary>About how long one run of it takes.</summary>
    public TimeSpan Duration(Peer peer, TrialSettings settings) =>
        TimeSpan.FromSeconds(SetupSeconds + (IsLoaded ? peer.WarmUp.TotalSeconds + (Measurings * settings.Seconds) : 0));

    private static IEnumerable<Scenario> Payloads(params int[] sizes) => sizes.Select(static bytes =>
        new Scenario($"payload-{bytes}", FanOut.SaturatedAsync) { Group = "payloads", PayloadBytes = bytes, Peers = ForPayloads });
}
