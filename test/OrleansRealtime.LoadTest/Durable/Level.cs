using System.Globalization;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>How much is under way: so many connections, with so many publications each.</summary>
internal sealed record Level(int Connections, int InFlight)
{
    /// <summary>How many channels there are at most; publishers share them evenly.</summary>
    public const int MaxChannels = 16;

    /// <summary>From one to 256 under way; in the end the same number from few connections, as services publish.</summary>
    public static IReadOnlyList<Level> All { get; } =
        [new(1, 1), new(4, 1), new(16, 1), new(64, 1), new(256, 1), new(16, 16)];

    /// <summary>How often a run measures: each level with message ids and without, the server and the bare loop.</summary>
    public static int Measurings => All.Count * 2 * 2;

    /// <summary>How many publications are under way.</summary>
    public int Total => Connections * InFlight;

    /// <summary>How many channels that are.</summary>
    public int Channels => Math.Min(Connections, MaxChannels);

    /// <summary>Where a connection publishes.</summary>
    public static string ChannelOf(int connection) =>
        string.Create(CultureInfo.InvariantCulture, $"chat:durable{connection % MaxChannels}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Connections} × {InFlight}");
}
