using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.EndToEnd.Tests.Serving;
using OrleansRealtime.Testing.PostgreSql;
using OrleansRealtime.Testing.Servers;
using OrleansRealtime.Testing.Wire;
using Xunit.Sdk;

namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

/// <summary>Several server processes that are one cluster.</summary>
[Collection(ServerProcesses.Name)]
public sealed class OrleansClusterTests : IAsyncLifetime
{
    // A dead node is believed in until the others agree that it is dead; until then what it hosted is unavailable.
    private static readonly string[] Passing = ["navailable", "imeout", "4503"];

    private string _database = "";

    public async Task InitializeAsync()
    {
        if (RequiresPostgreSqlAttribute.SkipReason is null)
        {
            _database = await (await PostgreSqlServer.Shared).CreateDatabaseAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_database.Length > 0)
        {
            NpgsqlConnection.ClearAllPools();
            await (await PostgreSqlServer.Shared).DropDatabaseAsync(_database);
        }
    }

    [PostgreSqlFact]
    public async Task AdoNet_EdgesAndASilo_AreOneServerToTheirClients()
    {
        await using var silo = await ServerProcess.StartAsync(Node("adonet").With("Cluster:Role", "silo"));
        var edges = await Task.WhenAll(
            ServerProcess.StartAsync(Node("adonet").With("Cluster:Role", "edge")),
            ServerProcess.StartAsync(Node("adonet").With("Cluster:Role", "edge")));
        await using var one = edges[0];
        await using var other = edges[1];

        await AssertIsOneServerAsync(one.Address, other.Address);

        using var http = new HttpClient { BaseAddress = silo.Address };
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/v1/openapi.json", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/metrics", UriKind.Relative))).StatusCode);
    }

    [RedisFact]
    public async Task Redis_TwoNodes_AreOneServerToTheirClients()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await ServerProcess.StartAsync(Node("redis").With("Cluster:Redis", redis.Address));
        await using var other = await ServerProcess.StartAsync(Node("redis").With("Cluster:Redis", redis.Address));

        await AssertIsOneServerAsync(one.Address, other.Address);
    }

    [PostgreSqlFact]
    public async Task Tls_NodeDies_ClientResumesAtTheOther()
    {
        using var authority = new TestAuthority();
        await using var one = await ServerProcess.StartAsync(WithTls(Node("adonet"), authority, "one"));
        await using var other = await ServerProcess.StartAsync(WithTls(Node("adonet"), authority, "other"));
        await AssertIsOneServerAsync(one.Address, other.Address);
        Position seen;
        await using (var ann = await TestConnection.ConnectAsAsync(one.Address, TestTokens.For("ann")))
        {
            seen = (await ann.PublishAsync("chat:durable", "1", messageId: "m1")).Position;
        }

        await using var bob = await TestConnection.ConnectAsAsync(other.Address, TestTokens.For("bob"));
        await bob.PublishAsync("chat:durable", "2");
        await one.KillAsync();

        await using var returning = await UntilAvailableAsync(() => TestConnection.ConnectAsAsync(other.Address, TestTokens.For("ann")));
        var ack = await UntilAvailableAsync(() => returning.SubscribeAsync("chat:durable", seen));
        Assert.True(ack.Recovered);
        Assert.True((await UntilAvailableAsync(() => returning.PublishAsync("chat:durable", "1", messageId: "m1"))).Duplicate);
        await UntilAvailableAsync(() => bob.PublishAsync("chat:durable", "3", messageId: "m3"));
        Assert.Equal([2L, 3L], (await returning.PublicationsAsync("chat:durable", 2)).Select(static one => one.Sequence));
    }

    [PostgreSqlFact]
    public async Task Tls_WhoHasNoCertificateOfTheAuthority_IsNotLetIn()
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority();
        var port = FreePorts.Next();
        await using var node = await ServerProcess.StartAsync(WithTls(Node("adonet"), authority, "one").With("Cluster:SiloPort", port));
        var (certificate, key) = authority.Issue("two");
        using var ours = Load(certificate, key);
        using var theirs = Load(stranger.CertificateFile, stranger.KeyFile);

        Assert.True(await HearsSomethingAsync(port, ours));
        Assert.False(await HearsSomethingAsync(port, theirs));
        Assert.False(await HearsSomethingAsync(port, null));
    }

    private static async Task AssertIsOneServerAsync(Uri one, Uri other)
    {
        await using var ann = await TestConnection.ConnectAsAsync(one, TestTokens.For("ann"));
        await using var bob = await TestConnection.ConnectAsAsync(other, TestTokens.For("bob"));
        await ann.SubscribeAsync("chat:room", presence: true);
        await bob.SubscribeAsync("chat:room", presence: true);
        for (var i = 1; i <= 20; i++)
        {
            var publisher = i % 2 == 0 ? ann : bob;
            Assert.Equal(i, (await publisher.PublishAsync("chat:room", $"{i}")).Position.Sequence);
        }

        var expected = Enumerable.Range(1, 20).Select(static i => (long)i).ToList();
        Assert.Equal(expected, (await ann.PublicationsAsync("chat:room", 20)).Select(static one => one.Sequence));
        Assert.Equal(expected, (await bob.PublicationsAsync("chat:room", 20)).Select(static one => one.Sequence));
        Assert.Equal(2, (await ann.PresenceAsync("chat:room")).Count);
    }

    private static async Task<T> UntilAvailableAsync<T>(Func<Task<T>> attempt)
    {
        var deadline = DateTime.UtcNow.AddMinutes(2);
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (XunitException refusal) when (DateTime.UtcNow < deadline && Passing.Any(word => refusal.Message.Contains(word, StringComparison.Ordinal)))
            {
                // It took as long as the server thought it worth waiting for.
            }
        }
    }

    /// <summary>Whether the silo talks to someone who shows this certificate: it introduces itself to whom it lets in.</summary>
    private static async Task<bool> HearsSomethingAsync(int port, X509Certificate2? certificate)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        await using var tls = new SslStream(socket.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "127.0.0.1",
                    ClientCertificates = certificate is null ? null : [certificate],
#pragma warning disable CA5359 // Who the server is, is not what this test asks.
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
                },
                patience.Token);
            return await tls.ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static X509Certificate2 Load(string certificate, string key)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static ServerSettings WithTls(ServerSettings settings, TestAuthority authority, string name)
    {
        var (certificate, key) = authority.Issue(name);
        return settings
            .With("Cluster:Tls:Certificate", certificate)
            .With("Cluster:Tls:Key", key)
            .With("Cluster:Tls:Authority", authority.AuthorityFile);
    }

    private ServerSettings Node(string mode) => ServerSettings.PostgreSql(_database)
        .With("Runtime", "orleans")
        .With("Cluster:Mode", mode)
        .With("Cluster:Address", "127.0.0.1")
        .With("Cluster:SiloPort", FreePorts.Next())
        .With("Cluster:GatewayPort", FreePorts.Next());
}
