using System.Globalization;
using OrleansRealtime.LoadTest.Peers;
using OrleansRealtime.LoadTest.Scenarios;

namespace OrleansRealtime.LoadTest;

/// <summary>What was asked for on the command line. Immutable.</summary>
internal sealed record BenchArguments(
    IReadOnlyList<Scenario> Scenarios, IReadOnlyList<string> Peers, int Rounds, TrialSettings Settings, string Encoding, bool IsSaved)
{
    private static readonly string[] Encodings = ["json", "protobuf", "both"];

    /// <summary>Reads the command line; null when it cannot be understood.</summary>
    public static BenchArguments? TryParse(string[] args)
    {
        var asked = new BenchArguments([], [], 3, new TrialSettings(5, 128, 15_000), Encodings[0], false);
        for (var i = 0; i < args.Length; i++)
        {
            var next = args[i] switch
            {
                "--save" => asked with { IsSaved = true },
                ['-', ..] => i + 1 < args.Length ? asked.WithOption(args[i], args[++i]) : null,
                _ => asked.WithScenario(args[i]),
            };
            if (next is null)
            {
                return null;
            }

            asked = next;
        }

        return asked.Scenarios.Count > 0 ? asked : asked with { Scenarios = Scenario.All };
    }

    /// <summary>Which servers a scenario is asked of.</summary>
    public IReadOnlyList<Peer> PeersOf(Scenario scenario)
    {
        var names = Peers.Count > 0 ? Peers : scenario.Peers;
        return
        [
            .. Peer.All.Where(peer => names.Contains(peer.Name) || (peer.Name == Peer.OursInProtobufName && names.Contains(Peer.OursName) && Encoding != Encodings[0]))
                .Where(peer => peer.Name != Peer.OursName || Encoding != Encodings[1])
                .Where(peer => (peer.IsOurs || !scenario.IsOursOnly) && !(peer.Dialect.IsBinary && scenario.IsJsonOnly)),
        ];
    }

    /// <summary>About how long all of it takes.</summary>
    public TimeSpan Duration() => Rounds * TimeSpan.FromSeconds(Scenarios.Sum(scenario =>
        PeersOf(scenario).Sum(peer => scenario.Duration(peer, Settings).TotalSeconds)));

    /// <summary>What was set, as results name it.</summary>
    public IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        ["rounds"] = Text(Rounds),
        ["measured seconds"] = Text(Settings.Seconds),
        ["payload bytes"] = Text(Settings.PayloadBytes),
        ["connections of large scenarios"] = Text(Settings.Connections),
        ["encoding of ours"] = Encoding,
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private BenchArguments? WithScenario(string name) =>
        Scenario.All.Where(scenario => scenario.Name == name || scenario.Group == name).ToList() is { Count: > 0 } named
            ? this with { Scenarios = [.. Scenarios, .. named] }
            : null;

    private BenchArguments? WithOption(string option, string value) => option switch
    {
        "--peers" when value.Split(',') is var names && names.All(static name => Peer.All.Any(peer => peer.Name == name)) =>
            this with { Peers = names },
        "--encoding" when Encodings.Contains(value) => this with { Encoding = value },
        "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) =>
            this with { Settings = Settings with { Seconds = seconds } },
        _ when int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0 => option switch
        {
            "--rounds" => this with { Rounds = number },
            "--payload" when number >= 32 => this with { Settings = Settings with { PayloadBytes = number } },
            "--connections" => this with { Settings = Settings with { Connections = number } },
            _ => null,
        },
        _ => null,
    };
}
