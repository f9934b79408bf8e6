using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Edge.Tests.Http;

public sealed class HttpApplicationTests
{
    private const string Publication = """{"channel":"chat:1","data":1}""";

    [Theory]
    [InlineData("alice", 200)]
    [InlineData("bob", 403)]
    [InlineData("thrower", 403)]
    public async Task Authorizer_IsAskedWhenTheRulesLeaveItOpen(string user, int status)
    {
        await using var server = await HttpTestServer.StartAsync(
            services: static services => services.AddSingleton<IChannelAuthorizer, OnlyAlice>());
        server.Log.Expect(1312);
        server.Channels.IsUndecided = true;

        var response = await server.SendAsync(server.Token(user), HttpMethod.Post, "/v1/publish", Publication);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Undecided_WithoutAnAuthorizer_IsNo()
    {
        await using var server = await HttpTestServer.StartAsync();
        server.Channels.IsUndecided = true;
        await HttpTestServer.RefusedAsync(
            await server.SendAsync(server.Token(), HttpMethod.Post, "/v1/publish", Publication), 403, "forbidden");
    }

    [Fact]
    public async Task Call_IsAnsweredByTheApplication()
    {
        await using var server = await HttpTestServer.StartAsync(
            services: static services => services.AddSingleton<ICallHandler, Echo>());
        server.Log.Expect(1313);
        Task<HttpResponseMessage> CallAsync(string body) =>
            server.SendAsync(server.Token(), HttpMethod.Post, "/v1/call", body);

        Assert.Equal(
            """{"data":["alice","echo",{ "x":1 }]}""",
            await HttpTestServer.AcceptedAsync(await CallAsync("""{"method":"echo","data":{ "x":1 }}""")));
        Assert.Equal(
            """{"data":"AQL/","encoding":"base64"}""",
            await HttpTestServer.AcceptedAsync(await CallAsync("""{"method":"same","data":"AQL/","encoding":"base64"}""")));
        await HttpTestServer.RefusedAsync(await CallAsync("""{"method":"refuse","data":1}"""), 409, "conflict");
        await HttpTestServer.RefusedAsync(await CallAsync("""{"method":"throw","data":1}"""), 500, "internal");
        await HttpTestServer.RefusedAsync(await CallAsync("""{"data":1}"""), 400, "bad_request");
        await HttpTestServer.RefusedAsync(
            await server.SendAsServerAsync(HttpMethod.Post, "/v1/call", """{"method":"echo","data":1}"""), 403, "forbidden");
    }

    [Fact]
    public async Task Call_WithoutAnApplication_IsRefused()
    {
        await using var server = await HttpTestServer.StartAsync();
        await HttpTestServer.RefusedAsync(
            await server.SendAsync(server.Token(), HttpMethod.Post, "/v1/call", """{"method":"echo","data":1}"""),
            403,
            "forbidden");
    }

    private sealed class OnlyAlice : IChannelAuthorizer
    {
        public ValueTask<bool> AuthorizeAsync(
            UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken) => user.Value switch
            {
                "thrower" => throw new InvalidOperationException("the application's bug"),
                _ => ValueTask.FromResult(user.Value == "alice" && right == ChannelRights.Publish),
            };
    }

    private sealed class Echo : ICallHandler
    {
        public ValueTask<CallOutcome> HandleAsync(
            UserId user, string method, Payload data, CancellationToken cancellationToken) => method switch
            {
                "throw" => throw new InvalidOperationException("the application's bug"),
                "refuse" => ValueTask.FromResult(
                    new CallOutcome(new RealtimeError(RealtimeErrorCode.Conflict, "not now"), default)),
                "same" => ValueTask.FromResult(new CallOutcome(null, data)),
                _ => ValueTask.FromResult(new CallOutcome(null, Payload.Json(
                    $"[\"{user}\",\"{method}\",{System.Text.Encoding.UTF8.GetString(data.Bytes.Span)}]"))),
            };
    }
}
