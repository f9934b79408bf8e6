using System.Net;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Protocol;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Proxies;

public class NginxTests
{
    private static readonly ServerSettings Trusting = ServerSettings.InMemory.With("Edge:TrustedProxies:0", "127.0.0.1");

    [NginxFact]
    public async Task WebSocket_ThroughNginx_ChatsAndItsOwnPageMayConnect()
    {
        await using var server = await TestServer.StartAsync(Trusting);
        await using var nginx = await NginxProcess.StartAsync(server.Address);
        var page = new TestConnectionOptions { Headers = [("Origin", nginx.Address.GetLeftPart(UriPartial.Authority))] };
        await using var alice = await TestConnection.ConnectAsAsync(nginx.Address, TestTokens.For("alice"), page);
        await using var bob = await TestConnection.ConnectAsAsync(nginx.Address, TestTokens.For("bob"), page);
        await bob.SubscribeAsync("chat:1");

        var ack = await alice.PublishAsync("chat:1", """{"text":"hello"}""");
        var publication = await bob.NextPublicationAsync("chat:1");

        Assert.Equal(ack.Position.Sequence, publication.Sequence);
    }

    [NginxFact]
    public async Task WebSocket_FromAForeignPageThroughNginx_IsRefused()
    {
        await using var server = await TestServer.StartAsync(Trusting);
        await using var nginx = await NginxProcess.StartAsync(server.Address);

        var response = await TestConnection.TryHandshakeAsync(
            nginx.Address, new TestConnectionOptions { Headers = [("Origin", "https://evil.example")] });

        Assert.Equal(403, response.Status);
    }

    [NginxFact]
    public async Task EventStream_ThroughNginx_IsNotHeldBack_AndResumes()
    {
        await using var server = await TestServer.StartAsync(Trusting);
        await using var nginx = await NginxProcess.StartAsync(server.Address);
        string? lastEventId;
        await using (var stream = await TestEventStream.OpenAsync(nginx.Address, "chat:1", TestTokens.For("alice")))
        {
            await stream.AwaitAsync<AckFrame>();
            await server.PostAsync("/v1/publish", """{"channel":"chat:1","data":1}""");
            Assert.Equal(1, (await stream.AwaitAsync<PublicationFrame>()).Publication.Sequence);
            lastEventId = stream.LastEventId;
        }

        await server.PostAsync("/v1/publish", """{"channel":"chat:1","data":2}""");
        await using var returned = await TestEventStream.OpenAsync(nginx.Address, "chat:1", TestTokens.For("alice"), lastEventId);

        Assert.Equal(2, (await returned.AwaitAsync<PublicationFrame>()).Publication.Sequence);
    }

    [NginxFact]
    public async Task ForwardedAddress_ClaimedByAClient_IsOverwritten()
    {
        await using var server = await TestServer.StartAsync(Trusting.With("Limits:ConnectionsPerIp", 1));
        await using var nginx = await NginxProcess.StartAsync(server.Address);
        await using var first = await TestConnection.ConnectAsAsync(nginx.Address, TestTokens.For("alice"), Claiming("192.0.2.1"));

        var second = await TestConnection.TryHandshakeAsync(nginx.Address, Claiming("192.0.2.2"));

        Assert.Equal(429, second.Status);
    }

    [NginxFact]
    public async Task WhatOnlyThisMachineMaySee_IsNotThere()
    {
        await using var server = await TestServer.StartAsync(Trusting);
        await using var nginx = await NginxProcess.StartAsync(server.Address);
        using var client = new HttpClient { BaseAddress = nginx.Address };

        foreach (var path in new[] { "/metrics", "/dev/token?user=alice" })
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    private static TestConnectionOptions Claiming(string address) => new() { Headers = [("X-Forwarded-For", address)] };
}
