using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using OrleansRealtime.EndToEnd.Tests.Serving;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Runtimes;
using OrleansRealtime.Server.Verbs;

namespace OrleansRealtime.EndToEnd.Tests.Configuration;

public sealed class ClusterConfigurationTests : IDisposable
{
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string PublicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
        q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
        -----END PUBLIC KEY-----
        """;

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("redis")]
    [InlineData("adonet")]
    public void Read_ACluster_HasNoMistake(string mode) => Assert.Empty(MistakesOf(("Cluster:Mode", mode)));

    [Fact]
    public void Read_MembersInADatabaseOfTheirOwn_HasNoMistake() =>
        Assert.Empty(MistakesOf(("Cluster:Mode", "adonet"), ("Cluster:AdoNet", "Host=members;Database=orleans")));

    [Theory]
    [InlineData("Cluster:Redis", "", "Realtime:Cluster:Redis", "needs its address")]
    [InlineData("Cluster:Mode", "zookeeper", "Realtime:Cluster:Mode", "one of localhost, redis, adonet")]
    [InlineData("Cluster:Role", "worker", "Realtime:Cluster:Role", "one of both, edge, silo")]
    [InlineData("Cluster:Address", "node-1", "Realtime:Cluster:Address", "is no IP address")]
    [InlineData("Cluster:ClusterId", " ", "Realtime:Cluster:ClusterId", "1 to 150 characters")]
    [InlineData("Cluster:GatewayPort", "-1", "Realtime:Cluster:GatewayPort", "outside 0 to 65535")]
    [InlineData("Cluster:IdleTimeout", "00:00:00", "Realtime:Cluster:IdleTimeout", "outside 00:00:01 to 1.00:00:00")]
    [InlineData("Cluster:Tls:Authority", "ca.pem", "Realtime:Cluster:Tls:Certificate", "there is no certificate")]
    [InlineData("Cluster:Tls:Certificate", "nowhere.pem", "Realtime:Cluster:Tls:Certificate", "there is no file 'nowhere.pem'")]
    [InlineData("Runtime", "embedded", "Realtime:Cluster:Mode", "the embedded runtime is one process")]
    public void Read_AMistake_SaysWhereAndWhatToChange(string key, string value, string where, string what)
    {
        var mistake = Assert.Single(MistakesOf(("Cluster:Mode", "redis"), (key, value)), one => one.Key == where);

        Assert.Contains(what, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite", "Data Source=data/realtime.db")]
    [InlineData("none", "")]
    public void Read_AClusterWithAStoreOfOneNode_IsAMistake(string provider, string connectionString)
    {
        var mistakes = MistakesOf(
            ("Cluster:Mode", "redis"), ("Storage:Provider", provider), ("Storage:ConnectionString", connectionString));

        Assert.Contains("a store that all its nodes share", Assert.Single(
            mistakes, static one => one.Key == "Realtime:Storage:Provider").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MembersInSqlite_IsAMistake()
    {
        var mistakes = MistakesOf(
            ("Cluster:Mode", "adonet"), ("Storage:Provider", "sqlite"), ("Storage:ConnectionString", "Data Source=data/realtime.db"));

        Assert.Equal(
            ["Realtime:Cluster:AdoNet", "Realtime:Storage:Provider"],
            mistakes.Select(static one => one.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_AClusterWithoutASharedSecret_NeedsOneForTickets()
    {
        (string Key, string Value)[] asymmetric =
        [
            ("Cluster:Mode", "redis"),
            ("Authentication:Keys:0:Algorithm", "ES256"),
            ("Authentication:Keys:0:Secret", ""),
            ("Authentication:Keys:0:PublicKey", PublicKey),
        ];

        Assert.Equal("Realtime:Authentication:TicketSecret", Assert.Single(MistakesOf(asymmetric)).Key);
        Assert.Empty(MistakesOf([.. asymmetric, ("Authentication:TicketSecret", Key)]));
        Assert.Empty(MistakesOf([.. asymmetric, ("Cluster:Role", "silo")]));
    }

    [Fact]
    public void Read_ASilo_NeedsNoKeys()
    {
        var mistakes = ServerConfiguration.Read(
            Configuration(
                ("Runtime", "orleans"), ("Cluster:Mode", "redis"), ("Cluster:Redis", "localhost"), ("Cluster:Role", "silo"),
                ("Storage:Provider", "postgresql"), ("Storage:ConnectionString", "Host=localhost")),
            needsKeys: true).Mistakes;

        Assert.DoesNotContain(mistakes, static one => one.Key.Contains("Authentication", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Cluster:Role", "edge", "Realtime:Cluster:Role")]
    [InlineData("Cluster:Address", "10.0.0.1", "Realtime:Cluster:Address")]
    public void Read_OneProcessWithWhatOnlyAClusterHas_IsAMistake(string key, string value, string where) =>
        Assert.Equal(where, Assert.Single(MistakesOf(("Cluster:Mode", "localhost"), (key, value))).Key);

    [Fact]
    public void Read_AClusterInABuildWithoutOrleans_SaysThatThereIsNone()
    {
        var mistakes = MistakesOf(("Cluster:Mode", "redis"), ("Runtime", ""));

        if (OrleansRuntime.IsBuiltIn)
        {
            Assert.Empty(mistakes);
        }
        else
        {
            Assert.Contains("built without the Orleans runtime", Assert.Single(mistakes).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_SecretsInMistakes_AreNotShown()
    {
        var mistakes = MistakesOf(
            ("Cluster:Mode", "adonet"), ("Cluster:AdoNet", "Hosst=x;Password=hidden-word"), ("Cluster:Redis", "password=hidden-word"));

        Assert.NotEmpty(mistakes);
        Assert.DoesNotContain("hidden-word", string.Join(' ', mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_OfTheAuthority_AreAcceptedAndNoOthers()
    {
        using var stranger = new TestAuthority();
        var (certificate, key) = _authority.Issue("node-1");
        var ours = Read(certificate, key, _authority.AuthorityFile);
        var (other, otherKey) = _authority.Issue("node-2");

        Assert.True(ours.Accepts(Read(other, otherKey, null).Own, []));
        Assert.False(ours.Accepts(Read(stranger.CertificateFile, stranger.KeyFile, null).Own, []));
    }

    [Fact]
    public void Certificates_WithoutAnAuthority_AreAllTheSame()
    {
        var (other, otherKey) = _authority.Issue("node-2");
        var ours = Read(_authority.CertificateFile, _authority.KeyFile, null);

        Assert.True(ours.Accepts(Read(_authority.CertificateFile, _authority.KeyFile, null).Own, []));
        Assert.False(ours.Accepts(Read(other, otherKey, null).Own, []));
    }

    [Fact]
    public void Certificates_InOneEncryptedFile_AreReadWithThePassword()
    {
        var file = Path.ChangeExtension(_authority.CertificateFile, ".pfx");
        using (var pem = X509Certificate2.CreateFromPemFile(_authority.CertificateFile, _authority.KeyFile))
        {
            File.WriteAllBytes(file, pem.Export(X509ContentType.Pkcs12, "hidden-word"));
        }

        (string, string)[] given = [("Cluster:Mode", "redis"), ("Cluster:Tls:Certificate", file)];
        Assert.Empty(MistakesOf([.. given, ("Cluster:Tls:Password", "hidden-word")]));
        Assert.Equal("Realtime:Cluster:Tls:Certificate", Assert.Single(MistakesOf([.. given, ("Cluster:Tls:Password", "wrong")])).Key);
    }

    [Fact]
    public void Certificates_ThatCannotServe_AreMistakes()
    {
        var (serverOnly, serverKey) = _authority.Issue("web", "1.3.6.1.5.5.7.3.1");
        (string, string)[] cluster = [("Cluster:Mode", "redis")];

        Assert.Contains("for client authentication", Assert.Single(MistakesOf(
            [.. cluster, ("Cluster:Tls:Certificate", serverOnly), ("Cluster:Tls:Key", serverKey)])).Message, StringComparison.Ordinal);
        Assert.Equal("Realtime:Cluster:Tls:Certificate", Assert.Single(MistakesOf(
            [.. cluster, ("Cluster:Tls:Certificate", _authority.CertificateFile)])).Key);
        Assert.Equal("Realtime:Cluster:Tls:Authority", Assert.Single(MistakesOf(
            [
                .. cluster, ("Cluster:Tls:Certificate", _authority.CertificateFile), ("Cluster:Tls:Key", _authority.KeyFile),
                ("Cluster:Tls:Authority", _authority.KeyFile),
            ])).Key);
    }

    [Fact]
    public void CheckConfig_ShowsTheRuntimeThatWouldServe()
    {
        using var output = new StringWriter();

        CheckConfigVerb.Run(["--environment=Development"], output);

        var expected = OrleansRuntime.IsBuiltIn ? "cluster         localhost, realtime, as both, without TLS" : "runtime         embedded";
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
    }

    private static SiloCertificates Read(string certificate, string key, string? authority)
    {
        var read = SiloCertificates.Read(
            new SiloTlsOptions { Certificate = certificate, Key = key, Authority = authority }, TimeProvider.System, out var mistake);
        Assert.Null(mistake);
        return read!;
    }

    /// <summary>What is wrong with a good cluster that was changed; but for the runtime, which not every build has.</summary>
    private static List<ConfigurationMistake> MistakesOf(params (string Key, string Value)[] changes)
    {
        var read = ServerConfiguration.Read(
            Configuration(
            [
                ("Runtime", "orleans"),
                ("Cluster:Redis", "localhost:6379"),
                ("Storage:Provider", "postgresql"),
                ("Storage:ConnectionString", "Host=localhost;Database=realtime"),
                ("Authentication:Keys:0:Id", "main"),
                ("Authentication:Keys:0:Algorithm", "HS256"),
                ("Authentication:Keys:0:Secret", Key),
                .. changes,
            ]),
            needsKeys: true);
        return [.. read.Mistakes.Where(static mistake => mistake.Key != "Realtime:Runtime")];
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(values
                .GroupBy(static one => one.Key, static one => one.Value)
                .Select(static one => KeyValuePair.Create("Realtime:" + one.Key, (string?)one.Last())))
            .Build();
}
