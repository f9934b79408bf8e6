namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>Clients of one SDK that read and write, and check what it promises. That of TypeScript is <c>tests/real/fleet.ts</c>.</summary>
internal interface IFleet : IAsyncDisposable
{
    /// <summary>How it stands now.</summary>
    Task<FleetReport> AskAsync();

    /// <summary>Ends the writing; completes when everything that was begun is acknowledged.</summary>
    Task<FleetReport> StopAsync();
}

/// <summary>What a fleet is made of. Immutable.</summary>
/// <param name="Url">Where its clients connect to.</param>
/// <param name="Tokens">Where they get their tokens.</param>
/// <param name="Name">Begins the names of its users.</param>
/// <param name="Channels">Readers and writers take them in turn.</param>
/// <param name="Readers">How many clients read.</param>
/// <param name="Writers">How many clients write, as soon as all readers are live.</param>
/// <param name="PaceMs">Milliseconds between two publishes of a writer.</param>
/// <param name="Seed">Seeds the jitter of its clients.</param>
internal sealed record FleetOptions(
    Uri Url, Uri Tokens, string Name, IReadOnlyList<string> Channels, int Readers, int Writers, int PaceMs, int Seed);

/// <summary>How a fleet stands. Immutable.</summary>
/// <param name="Published">How many publications were acknowledged, by channel.</param>
/// <param name="Heard">How many publications all readers heard, together.</param>
/// <param name="Connected">How many clients are connected.</param>
/// <param name="Live">How many readers are subscribed on the connection that they have.</param>
/// <param name="Returns">How many times its clients came back.</param>
/// <param name="Faults">What must never happen; the first twenty.</param>
internal sealed record FleetReport(
    IReadOnlyDictionary<string, int> Published, int Heard, int Connected, int Live, int Returns, IReadOnlyList<string> Faults);

/// <summary>Which SDK, and where it runs.</summary>
public enum Sdk
{
    DotNet,
    Node,
    Chromium,
}
