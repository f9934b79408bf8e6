using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Sessions;

namespace OrleansRealtime.EndToEnd.Tests.Sessions;

/// <summary>The example sessions of PROTOCOL.md, held against the composed server.</summary>
public sealed class SessionReplayTests
{
    public static TheoryData<string> Names => [.. SessionScript.Names];

    // As README.txt beside the sessions asks for.
    private static ServerSettings Settings { get; } = ServerSettings.InMemory
        .With("Limits:SubscriptionsPerConnection", 4)
        .WithNamespace("small", ("Replay:Count", "3"), ("Limits:MessageBytes", "64"))
        .WithNamespace("slow", ("Limits:PublishesPerSecondPerSender", "1"))
        .WithNamespace("prices", ("Compact", "true"))
        .WithNamespace("news", ("Publishers", "server"))
        .WithNamespace("vip", ("Access", "private"));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Session_Replayed_GoesAsRecorded(string name)
    {
        await using var server = await TestServer.StartAsync(Settings);

        await SessionRunner.RunAsync(SessionScript.Load(name), new ServerSessionHost(server.Address), CancellationToken.None);
    }
}
