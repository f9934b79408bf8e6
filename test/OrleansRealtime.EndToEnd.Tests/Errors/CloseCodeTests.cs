using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Errors;

/// <summary>Each close code, provoked over a real socket.</summary>
public sealed class CloseCodeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly ClientFrame Ping = ClientFrame.Text("""{"type":"ping"}""");

    /// <summary>What breaks RFC 6455, and how the server must close.</summary>
    public static TheoryData<string, int> Violations => new()
    {
        { "unmasked", 1002 },
        { "reserved bits", 1002 },
        { "unknown opcode", 1002 },
        { "continuation of nothing", 1002 },
        { "message inside a message", 1002 },
        { "ping in parts", 1002 },
        { "ping too long", 1002 },
        { "length not minimal", 1002 },
        { "close with half a code", 1002 },
        { "close with a code of nobody", 1002 },
        { "binary", 1003 },
        { "invalid UTF-8", 1007 },
        { "invalid UTF-8 in parts", 1007 },
        { "too large", 1009 },
        { "too large in parts", 1009 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Violation_OfTheWebSocketRules_ClosesWithItsCode(string violation, int code)
    {
        await using var client = await ConnectAsync("ann");

        await client.SendFramesAsync(FramesOf(violation));

        Assert.Equal(code, (await client.AwaitCloseAsync()).Code);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1001, 1001)]
    [InlineData(4029, 1000)]
    public async Task Close_ByTheClient_IsAnsweredWithItsCodeUnlessThatIsTheServersToGive(int said, int answered)
    {
        await using var client = await ConnectAsync("ann");

        await client.SendFramesAsync(ClientFrame.Close(said, "enough"));

        Assert.Equal(answered, (await client.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Message_InManyParts_WithPingsBetween_IsUnderstood()
    {
        await using var client = await ConnectAsync("ann");
        var parts = "{\"type\":\"ping\",\"id\":\"µ\"}"u8.ToArray().Chunk(1).ToArray();
        var frames = ClientFrame.Fragments(1, parts).SelectMany(static frame => new[] { frame, ClientFrame.Ping([1]) });

        await client.SendFramesAsync([.. frames]);

        Assert.Equal("µ", (await client.AwaitAsync<PongFrame>()).Id.Text);
    }

    [Fact]
    public async Task Silence_BeforeAuthentication_Closes4001()
    {
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory.With("Edge:AuthTimeout", "00:00:01"));
        await using var client = await TestConnection.ConnectAsync(server.Address);

        Assert.Equal(CloseReason.Unauthenticated.Code, (await client.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Command_BeforeAuthentication_Closes4001()
    {
        await using var client = await TestConnection.ConnectAsync(shared.Address);

        await client.SendTextAsync("""{"type":"subscribe","id":"1","channel":"chat:x"}""");

        Assert.Equal(CloseReason.Unauthenticated.Code, (await client.AwaitCloseAsync()).Code);
    }

    public static TheoryData<string> BadTokens => ["expired", "forged", "unsigned", "encrypted", "oversized", "other algorithm", "garbage"];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Auth_BadToken_Closes4001(string kind)
    {
        await using var client = await TestConnection.ConnectAsync(shared.Address);

        await client.SendAsync(new AuthCommand(client.NewId(), BadToken(kind), ProtocolVersion.Current, [], null));

        Assert.Equal(CloseReason.Unauthenticated.Code, (await client.AwaitCloseAsync()).Code);
        Assert.Equal(RealtimeErrorCode.Unauthenticated, (await client.AwaitAsync<ErrorFrame>()).Error.Code);
    }

    [Fact]
    public async Task Session_TakenUpElsewhere_Closes4009()
    {
        var user = shared.Name("user");
        await using var old = await TestConnection.ConnectAsync(shared.Address);
        var session = (await old.AuthenticateAsync(TestTokens.For(user))).Session;
        await using var young = await TestConnection.ConnectAsync(shared.Address);

        var ack = await young.AuthenticateAsync(TestTokens.For(user), session);

        Assert.True(ack.Resumed);
        Assert.Equal(CloseReason.Replaced.Code, (await old.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Token_NotRefreshed_WarnsAndCloses4010()
    {
        await using var server = await TestServer.StartAsync(
            ServerSettings.InMemory.With("Authentication:ClockSkew", "00:00:00"));
        await using var client = await TestConnection.ConnectAsync(server.Address);
        await client.AuthenticateAsync(TestTokens.Expiring("ann", TimeSpan.FromSeconds(3)));

        await client.AwaitAsync<ExpiringFrame>();

        Assert.Equal(CloseReason.TokenExpired.Code, (await client.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task Token_Refreshed_KeepsTheConnection()
    {
        await using var server = await TestServer.StartAsync(
            ServerSettings.InMemory.With("Authentication:ClockSkew", "00:00:00"));
        await using var client = await TestConnection.ConnectAsync(server.Address);
        await client.AuthenticateAsync(TestTokens.Expiring("ann", TimeSpan.FromSeconds(5)));

        var ack = await client.RequestAsync(static id => new RefreshCommand(id, TestTokens.For("ann")));

        Assert.True(((RefreshedAck)ack.Payload!).Expires > DateTimeOffset.UtcNow.AddMinutes(50));
    }

    [Fact]
    public async Task Garbage_AgainAndAgain_Closes4029()
    {
        await using var client = await ConnectAsync("ann");

        await client.SendFramesAsync([.. Enumerable.Repeat(ClientFrame.Text("{"), 20)]);

        Assert.Equal(CloseReason.Abusive.Code, (await client.AwaitCloseAsync()).Code);
    }

    [Theory]
    [InlineData("/v1/disconnect", 1001)]
    [InlineData("/v1/kick", 4030)]
    [InlineData("/v1/ban", 4031)]
    public async Task Operator_EndsAUser_ClosesWithItsCode(string path, int code)
    {
        var user = shared.Name("user");
        await using var client = await ConnectAsync(user);

        var (status, body) = await shared.Server.PostAsync(path, $$"""{"user":"{{user}}"}""");

        Assert.True(status is 200 or 204, $"{status} {body}");
        Assert.Equal(code, (await client.AwaitCloseAsync()).Code);
    }

    [Fact]
    public async Task User_Banned_IsNotLetInAgainUntilUnbanned()
    {
        var user = shared.Name("user");
        await shared.Server.PostAsync("/v1/ban", $$"""{"user":"{{user}}"}""");
        await using var refused = await TestConnection.ConnectAsync(shared.Address);
        await refused.SendAsync(new AuthCommand(refused.NewId(), TestTokens.For(user), ProtocolVersion.Current, [], null));
        Assert.Equal(CloseReason.Banned.Code, (await refused.AwaitCloseAsync()).Code);

        await shared.Server.PostAsync("/v1/unban", $$"""{"user":"{{user}}"}""");

        await using var admitted = await ConnectAsync(user);
    }

    [Fact]
    public async Task Client_WithoutASignOfLife_Closes4504()
    {
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory.With("Edge:HeartbeatInterval", "00:00:02"));
        await using var client = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann"));
        client.AnswersPings = false;

        Assert.Equal(CloseReason.Silent.Code, (await client.AwaitCloseAsync()).Code);
        Assert.True(client.PingsSeen > 0, "the server closed without having pinged");
    }

    [Fact]
    public async Task User_WithTooManyConnections_Closes4513()
    {
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory.With("Limits:ConnectionsPerUser", 1));
        await using var first = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann"));
        await using var second = await TestConnection.ConnectAsync(server.Address);

        await second.SendAsync(new AuthCommand(second.NewId(), TestTokens.For("ann"), ProtocolVersion.Current, [], null));

        Assert.Equal(CloseReason.TooManyConnections.Code, (await second.AwaitCloseAsync()).Code);
    }

    private static ClientFrame[] FramesOf(string violation) =>
        violation switch
        {
            "unmasked" => [Ping with { MaskKey = null }],
            "reserved bits" => [Ping with { ReservedBits = 4 }],
            "unknown opcode" => [new ClientFrame(3, [])],
            "continuation of nothing" => [ClientFrame.Continuation("x")],
            "message inside a message" => [Ping with { IsFinal = false }, Ping],
            "ping in parts" => [ClientFrame.Ping([1]) with { IsFinal = false }],
            "ping too long" => [ClientFrame.Ping(new byte[126])],
            "length not minimal" => [Ping with { LengthForm = LengthForm.Bits64 }],
            "close with half a code" => [new ClientFrame(8, [3])],
            "close with a code of nobody" => [ClientFrame.Close(1005)],
            "binary" => [ClientFrame.Binary([1, 2, 3])],
            "invalid UTF-8" => [ClientFrame.Text([(byte)'"', 0xC3, 0x28, (byte)'"'])],
            "invalid UTF-8 in parts" => [.. ClientFrame.Fragments(1, [0xE2, 0x82], [0x28])],
            "too large" => [ClientFrame.Text([]) with { LengthForm = LengthForm.Bits64, StatedLength = 1UL << 40 }],
            "too large in parts" => [.. ClientFrame.Fragments(1, new byte[100_000], new byte[100_000])],
            _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, "No such violation."),
        };

    private static string BadToken(string kind) =>
        kind switch
        {
            "expired" => TestTokens.Expiring("ann", TimeSpan.FromMinutes(-5)),
            "forged" => TestTokens.WronglySigned("ann"),
            "unsigned" => TestTokens.Unsigned("ann"),
            "encrypted" => TestTokens.Encrypted(),
            "oversized" => TestTokens.For("ann", ("info", new string('x', 40_000))),
            "other algorithm" => TestTokens.WithHeader("ann", new() { ["alg"] = "RS256", ["kid"] = TestTokens.KeyId }),
            "garbage" => "garbage",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such token."),
        };

    private Task<TestConnection> ConnectAsync(string user) =>
        TestConnection.ConnectAsAsync(shared.Address, TestTokens.For(user));
}
