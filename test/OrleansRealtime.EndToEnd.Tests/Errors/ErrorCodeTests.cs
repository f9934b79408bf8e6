using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Errors;

/// <summary>Each error code, provoked over a real socket. The connection lives on after every one of them.</summary>
public sealed class ErrorCodeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    public static TheoryData<string> MalformedMessages =>
    [
        "",
        "{",
        "nonsense",
        "[]",
        "\"text\"",
        "null",
        "{\"type\":\"ping\"}}",
        "{\"type\":\"ping\",}",
        "{\"type\":\"publish\",\"id\":\"1\",\"channel\":\"chat:x\",\"payload\":{\"data\":" + new string('[', 2000) + new string(']', 2000) + "}}",
    ];

    public static TheoryData<string> WronglyTypedMessages =>
    [
        """{"type":7}""",
        """{"id":"1"}""",
        """{"type":"publish","id":"1","payload":{"data":1}}""",
        """{"type":"publish","id":"1","channel":5,"payload":{"data":1}}""",
        """{"type":"publish","id":"1","channel":"chat:x","payload":[]}""",
        """{"type":"publish","id":"1","channel":"chat:x","payload":{"data":1,"mid":5}}""",
        """{"type":"publish","id":"1","channel":"chat:x"}""",
        """{"type":"subscribe","id":"1","channel":"not a channel"}""",
        """{"type":"subscribe","id":"1","channel":"chat:x","payload":{"last":-1}}""",
        """{"type":"subscribe","id":"1","channel":"chat:x","payload":{"from":"here"}}""",
        """{"type":"history","id":"1","channel":"chat:x","payload":{"limit":0}}""",
    ];

    [Theory]
    [MemberData(nameof(MalformedMessages))]
    public async Task Message_Malformed_IsBadRequest(string text) => await AssertRefusedAsync(text, RealtimeErrorCode.BadRequest);

    [Theory]
    [MemberData(nameof(WronglyTypedMessages))]
    public async Task Message_WronglyTyped_IsBadRequest(string text) => await AssertRefusedAsync(text, RealtimeErrorCode.BadRequest);

    [Fact]
    public async Task Message_UnknownType_IsUnknownType() =>
        await AssertRefusedAsync("""{"type":"dance","id":"1"}""", RealtimeErrorCode.UnknownType);

    [Fact]
    public async Task Message_WithId_IsRefusedUnderThatId()
    {
        await using var client = await ConnectAsync("ann");

        await client.SendTextAsync("""{"type":"dance","id":42}""");

        var error = await client.AwaitAsync<ErrorFrame>();
        Assert.Equal(new CommandId("42", IsNumber: true), error.Id);
    }

    [Fact]
    public async Task Auth_OtherVersion_IsUnsupportedVersion()
    {
        await using var client = await TestConnection.ConnectAsync(shared.Address);

        var error = await client.RefusalAsync(static id => new AuthCommand(id, TestTokens.For("ann"), 99, [], null));

        Assert.Equal(RealtimeErrorCode.UnsupportedVersion, error.Code);
    }

    [Fact]
    public async Task Refresh_BadToken_IsUnauthenticated()
    {
        await using var client = await ConnectAsync("ann");

        var error = await client.RefusalAsync(static id => new RefreshCommand(id, TestTokens.WronglySigned("ann")));

        Assert.Equal(RealtimeErrorCode.Unauthenticated, error.Code);
    }

    [Fact]
    public async Task Refresh_TokenOfAnother_IsForbiddenOrUnauthenticated()
    {
        await using var client = await ConnectAsync("ann");

        var error = await client.RefusalAsync(static id => new RefreshCommand(id, TestTokens.For("bob")));

        Assert.Contains(error.Code, new[] { RealtimeErrorCode.Forbidden, RealtimeErrorCode.Unauthenticated });
    }

    [Theory]
    [InlineData("private:room")]
    [InlineData("unheard-of:room")]
    [InlineData("@bob")]
    public async Task Subscribe_NotAllowed_IsForbidden(string channel)
    {
        await using var client = await ConnectAsync("ann");

        var error = await client.RefusalAsync(id => Subscribe(id, channel));

        Assert.Equal(RealtimeErrorCode.Forbidden, error.Code);
    }

    [Theory]
    [InlineData("private:room")]
    [InlineData("board:news")]
    [InlineData("@ann")]
    public async Task Publish_NotAllowed_IsForbidden(string channel)
    {
        await using var client = await ConnectAsync("ann");

        var error = await client.RefusalAsync(id => Publish(id, channel, "1"));

        Assert.Equal(RealtimeErrorCode.Forbidden, error.Code);
    }

    [Fact]
    public async Task Unsubscribe_WithoutSubscription_IsNotSubscribed()
    {
        await using var client = await ConnectAsync("ann");

        var error = await client.RefusalAsync(static id => new UnsubscribeCommand(id, ChannelName.Parse("chat:room")));

        Assert.Equal(RealtimeErrorCode.NotSubscribed, error.Code);
    }

    [Fact]
    public async Task Publish_LargerThanThePolicy_IsTooLarge()
    {
        await using var client = await ConnectAsync("ann");

        var error = await client.RefusalAsync(static id => Publish(id, "chat:room", $"\"{new string('x', 65_536)}\""));

        Assert.Equal(RealtimeErrorCode.TooLarge, error.Code);
    }

    [Fact]
    public async Task Subscribe_Twice_IsConflict()
    {
        await using var client = await ConnectAsync("ann");
        await client.SubscribeAsync("chat:twice");

        var error = await client.RefusalAsync(static id => Subscribe(id, "chat:twice"));

        Assert.Equal(RealtimeErrorCode.Conflict, error.Code);
    }

    [Fact]
    public async Task Subscribe_OnceMoreThanAllowed_IsTooManySubscriptions()
    {
        await using var server = await TestServer.StartAsync(ServerSettings.InMemory.With("Limits:SubscriptionsPerConnection", 2));
        await using var client = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann"));
        await client.SubscribeAsync("chat:a");
        await client.SubscribeAsync("chat:b");

        var error = await client.RefusalAsync(static id => Subscribe(id, "chat:c"));

        Assert.Equal(RealtimeErrorCode.TooManySubscriptions, error.Code);
    }

    [Fact]
    public async Task Publish_FasterThanThePolicy_IsRateLimitedAndSaysWhenToComeBack()
    {
        await using var server = await TestServer.StartAsync(
            ServerSettings.InMemory.With("Namespaces:chat:Limits:PublishesPerSecondPerSender", 1));
        await using var client = await TestConnection.ConnectAsAsync(server.Address, TestTokens.For("ann"));
        var ids = Enumerable.Range(0, 20).Select(_ => client.NewId()).ToArray();

        await client.SendAsync([.. ids.Select(static id => Publish(id, "chat:room", "1"))]);

        var error = await client.AwaitAsync<ErrorFrame>();
        Assert.Equal(RealtimeErrorCode.RateLimited, error.Error.Code);
        Assert.True(error.Error.RetryAfter > TimeSpan.Zero, $"retryAfter is {error.Error.RetryAfter}");
    }

    private static SubscribeCommand Subscribe(CommandId id, string channel) =>
        new(id, ChannelName.Parse(channel), null, 0, false, null);

    private static PublishCommand Publish(CommandId id, string channel, string json) =>
        new(id, ChannelName.Parse(channel), Payload.Json(json), null, null);

    private Task<TestConnection> ConnectAsync(string user) =>
        TestConnection.ConnectAsAsync(shared.Address, TestTokens.For(user));

    private async Task AssertRefusedAsync(string text, RealtimeErrorCode code)
    {
        await using var client = await ConnectAsync(shared.Name("user"));

        await client.SendTextAsync(text);

        Assert.Equal(code, (await client.AwaitAsync<ErrorFrame>()).Error.Code);
        await client.SendAsync(new PingCommand(client.NewId()));
        await client.AwaitAsync<PongFrame>();
    }
}
