using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Errors;

/// <summary>What the server refuses before there is a connection, and what it lets in by each way of authentication.</summary>
public sealed class HandshakeRefusalTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Handshake_OnlyUnknownSubprotocols_Is400() =>
        Assert.Equal(400, await StatusAsync(new TestConnectionOptions { Subprotocols = ["chat.v9"] }));

    [Theory]
    [InlineData("access_token")]
    [InlineData("token")]
    public async Task Handshake_TokenInTheQuery_IsRefused(string name) =>
        Assert.Equal(400, await StatusAsync(new TestConnectionOptions { Path = $"/v1/ws?{name}={TestTokens.For("ann")}" }));

    [Fact]
    public async Task Handshake_ForeignOrigin_Is403() =>
        Assert.Equal(403, await StatusAsync(new TestConnectionOptions { Headers = [("Origin", "https://evil.example")] }));

    [Fact]
    public async Task Handshake_OwnOrigin_IsAccepted() =>
        Assert.Equal(101, await StatusAsync(new TestConnectionOptions { Headers = [("Origin", $"http://{shared.Address.Authority}")] }));

    [Fact]
    public async Task Handshake_TokenAsSubprotocol_AuthenticatesAndIsNotEchoed()
    {
        var options = new TestConnectionOptions
        {
            Subprotocols = [ProtocolVersion.JsonSubprotocol, "bearer." + TestTokens.For("ann")],
        };
        await using var client = await TestConnection.ConnectAsync(shared.Address, options);

        Assert.Equal("ann", (await client.AwaitAsync<AuthAckFrame>()).User.Value);
        Assert.Equal(ProtocolVersion.JsonSubprotocol, client.Handshake.Headers["Sec-WebSocket-Protocol"]);
    }

    [Fact]
    public async Task Handshake_TokenAsHeader_Authenticates()
    {
        var options = new TestConnectionOptions { Headers = [("Authorization", "Bearer " + TestTokens.For("ann"))] };
        await using var client = await TestConnection.ConnectAsync(shared.Address, options);

        Assert.Equal("ann", (await client.AwaitAsync<AuthAckFrame>()).User.Value);
    }

    [Fact]
    public async Task Handshake_NoSubprotocol_SpeaksJson()
    {
        await using var client = await TestConnection.ConnectAsync(shared.Address, new TestConnectionOptions { Subprotocols = [] });

        Assert.Equal("ann", (await client.AuthenticateAsync(TestTokens.For("ann"))).User.Value);
    }

    private async Task<int> StatusAsync(TestConnectionOptions options) =>
        (await TestConnection.TryHandshakeAsync(shared.Address, options)).Status;
}
