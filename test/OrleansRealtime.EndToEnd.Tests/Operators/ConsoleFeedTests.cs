using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Server.Metrics;
using OrleansRealtime.Server.Operators;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Operators;

/// <summary>The channels behind the console, over real sockets.</summary>
public sealed class ConsoleFeedTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string Nodes = ConsoleChannels.Nodes.Value;

    [Fact]
    public async Task Node_Watched_TellsOfItself()
    {
        await using var operatorConnection = await TestConnection.ConnectAsAsync(shared.Address, Operator());
        var room = shared.Name("chat:busy");
        await using var ann = await TestConnection.ConnectAsAsync(shared.Address, TestTokens.For("ann"));
        await ann.SubscribeAsync(room);
        await operatorConnection.SubscribeAsync(Nodes);
        await ann.PublishAsync(room, "1");

        var sample = await NextAsync(operatorConnection, static key => !key.Contains('/'), static _ => true);
        Assert.True(sample.GetProperty("connections").GetProperty("websocket").GetInt32() >= 2);
        Assert.True(sample.GetProperty("users").GetInt32() >= 2);
        Assert.True(sample.GetProperty("memoryBytes").GetInt64() > 0);
        Assert.True(sample.GetProperty("actors").GetProperty("channel").GetInt32() >= 2);
        var past = await NextAsync(operatorConnection, static key => key.EndsWith("/past", StringComparison.Ordinal), static _ => true);
        Assert.Equal(6, past.GetProperty("points")[0].GetArrayLength());
        var channels = await NextAsync(
            operatorConnection,
            static key => key.EndsWith("/channels", StringComparison.Ordinal),
            list => list.EnumerateArray().Any(one => one.GetProperty("channel").GetString() == room));
        var busy = channels.EnumerateArray().Single(one => one.GetProperty("channel").GetString() == room);
        Assert.Equal((1, 1), (busy.GetProperty("subscribers").GetInt32(), busy.GetProperty("seq").GetInt32()));
        Assert.Equal((0, 0), (busy.GetProperty("behind").GetInt32(), busy.GetProperty("lag").GetInt32()));
    }

    [Fact]
    public async Task Node_Watched_CountsWhatHappensWhileItIs()
    {
        await using var operatorConnection = await TestConnection.ConnectAsAsync(shared.Address, Operator());
        await operatorConnection.SubscribeAsync(Nodes);
        var room = shared.Name("chat:counted");
        await using var ann = await TestConnection.ConnectAsAsync(shared.Address, TestTokens.For("ann"));
        await ann.SubscribeAsync(room);
        await NextAsync(operatorConnection, static key => !key.Contains('/'), static _ => true);
        await ann.PublishAsync(room, "1");
        await ann.NextPublicationAsync(room);

        var sample = await NextAsync(
            operatorConnection,
            static key => !key.Contains('/'),
            static one => one.GetProperty("rates").GetProperty("in").GetDouble() > 0);
        Assert.True(sample.GetProperty("rates").GetProperty("out").GetDouble() > 0);
        Assert.True(sample.GetProperty("delivery").GetProperty("count").GetDouble() >= 1);
        Assert.True(sample.GetProperty("delivery").GetProperty("p50").GetDouble() > 0);
    }

    [Fact]
    public async Task Node_NotWatched_PublishesNothing()
    {
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory);
        var collector = server.Services.GetRequiredService<MetricsCollector>();

        // That the feed looks whether somebody watches is what brings the channel's actor up.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (MetricsReading.Of(collector).Sum("orleansrealtime_runtime_activations") == 0)
        {
            Assert.True(await looks.WaitForNextTickAsync(patience.Token), "the feed has not looked");
        }

        await using var manager = await TestConnection.ConnectAsAsync(server.Address, Operator());

        Assert.Equal(0, (await manager.SubscribeAsync(Nodes)).Position.Sequence);
        Assert.Equal(1, (await manager.NextPublicationAsync(Nodes)).Sequence);
    }

    [Theory]
    [InlineData("""{"*":["subscribe","history","presence","publish"]}""")]
    [InlineData("""{"chat:*":["manage"]}""")]
    [InlineData(null)]
    public async Task Channels_OfTheConsole_AreForThoseWhoManage(string? caps)
    {
        await using var user = await TestConnection.ConnectAsAsync(shared.Address, TestTokens.For("mallory", Caps(caps)));
        foreach (var channel in new[] { Nodes, "console-audit:acts" })
        {
            var refusal = await user.RefusalAsync(id => new SubscribeCommand(id, ChannelName.Parse(channel), null, 0, false, null));
            Assert.Equal(RealtimeErrorCode.Forbidden, refusal.Code);
        }
    }

    [Fact]
    public async Task Channels_OfTheConsole_AreNotForManagersToWrite()
    {
        await using var manager = await TestConnection.ConnectAsAsync(shared.Address, Operator());

        var refusal = await manager.RefusalAsync(static id => new PublishCommand(
            id, ChannelName.Parse("console-audit:acts"), Payload.Json("1"), null, null));

        Assert.Equal(RealtimeErrorCode.Forbidden, refusal.Code);
    }

    [Fact]
    public async Task Act_OverHttp_ReachesTheAuditTrail()
    {
        var user = shared.Name("bob");
        await using var manager = await TestConnection.ConnectAsAsync(shared.Address, Operator());
        await manager.SubscribeAsync("console-audit:acts");
        await using var bob = await TestConnection.ConnectAsAsync(shared.Address, TestTokens.For(user));

        Assert.Equal(200, (await shared.Server.PostAsync("/v1/kick", $$"""{"user":"{{user}}","reason":"spam"}""")).Status);

        Assert.Equal(CloseReason.Kicked.Code, (await bob.AwaitCloseAsync()).Code);
        while (true)
        {
            using var told = JsonDocument.Parse((await manager.NextPublicationAsync("console-audit:acts")).Payload.Bytes);
            if (told.RootElement.GetProperty("user").GetString() == user)
            {
                Assert.Equal("kick", told.RootElement.GetProperty("act").GetString());
                Assert.Equal("$backend", told.RootElement.GetProperty("by").GetString());
                return;
            }
        }
    }

    private static string Operator() => TestTokens.For("operator", Caps("""{"*":["manage"]}"""));

    private static (string, System.Text.Json.Nodes.JsonNode?)[] Caps(string? caps) =>
        caps is null ? [] : [("caps", System.Text.Json.Nodes.JsonNode.Parse(caps))];

    private static async Task<JsonElement> NextAsync(
        TestConnection connection, Func<string, bool> isKey, Func<JsonElement, bool> isIt)
    {
        const int patience = 60;
        for (var i = 0; i < patience; i++)
        {
            var publication = await connection.NextPublicationAsync(Nodes);
            using var document = JsonDocument.Parse(publication.Payload.Bytes);
            if (publication.Key is { } key && isKey(key) && document.RootElement.ValueKind != JsonValueKind.Null && isIt(document.RootElement))
            {
                return document.RootElement.Clone();
            }
        }

        throw new TimeoutException($"What was expected is not among {patience} publications of the console.");
    }
}
