using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.EndToEnd.Tests.Proxies;

/// <summary>Whose word about addresses counts, seen by the limit of one connection per address.</summary>
public class ForwardedHeadersTests
{
    private static readonly ServerSettings OnePerAddress = ServerSettings.InMemory.With("Limits:ConnectionsPerIp", 1);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task TrustedProxy_IsBelieved(string proxy)
    {
        await using var server = await TestServer.StartAsync(OnePerAddress.With("Edge:TrustedProxies:0", proxy));
        await using var first = await TestConnection.ConnectAsync(server.Address, From("192.0.2.1"));
        await using var other = await TestConnection.ConnectAsync(server.Address, From("192.0.2.2"));

        var again = await TestConnection.TryHandshakeAsync(server.Address, From("192.0.2.1"));

        Assert.Equal(429, again.Status);
    }

    [Fact]
    public async Task TrustedProxies_InARow_TellTheFirstAddressThatIsNoProxy()
    {
        await using var server = await TestServer.StartAsync(
            OnePerAddress.With("Edge:TrustedProxies:0", "127.0.0.1").With("Edge:TrustedProxies:1", "10.0.0.0/8"));
        await using var first = await TestConnection.ConnectAsync(server.Address, From("192.0.2.1, 10.0.0.7"));

        var again = await TestConnection.TryHandshakeAsync(server.Address, From("198.51.100.9, 192.0.2.1, 10.0.0.8"));

        Assert.Equal(429, again.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("192.0.2.77")]
    public async Task Stranger_IsNotBelieved(string? proxy)
    {
        var settings = proxy is null ? OnePerAddress : OnePerAddress.With("Edge:TrustedProxies:0", proxy);
        await using var server = await TestServer.StartAsync(settings);
        await using var first = await TestConnection.ConnectAsync(server.Address, From("192.0.2.1"));

        var second = await TestConnection.TryHandshakeAsync(server.Address, From("192.0.2.2"));

        Assert.Equal(429, second.Status);
    }

    private static TestConnectionOptions From(string address) => new() { Headers = [("X-Forwarded-For", address)] };
}
