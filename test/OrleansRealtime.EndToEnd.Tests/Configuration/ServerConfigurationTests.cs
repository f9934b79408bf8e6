using Microsoft.Extensions.Configuration;
using OrleansRealtime.Server;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Runtimes;

namespace OrleansRealtime.EndToEnd.Tests.Configuration;

public class ServerConfigurationTests
{
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    [Fact]
    public void DefaultFile_HasNoMistakeButTheMissingKey()
    {
        var configuration = DefaultFile();

        Assert.Empty(ServerConfiguration.Read(configuration, needsKeys: false).Mistakes);
        var mistake = Assert.Single(ServerConfiguration.Read(configuration, needsKeys: true).Mistakes);
        Assert.Equal("Realtime:Authentication:Keys", mistake.Key);
        Assert.Contains("openssl rand 32", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultFile_ListsTheNamespacesOfTheReadme()
    {
        var policies = ServerConfiguration.Read(DefaultFile(), needsKeys: false).Policies;

        Assert.Equal(
            ["@", "chat", "console", "console-audit", "dashboards", "lobby", "notifications", "status"],
            policies.All.Select(policy => policy.Namespace).Order(StringComparer.Ordinal));
        Assert.True(policies.TryFind(ChannelName.Parse("chat:room-42"), out var chat));
        Assert.Equal(Durability.Durable, chat.Durability);
        Assert.False(policies.TryFind(ChannelName.Parse("nowhere:1"), out _));
    }

    [Fact]
    public void DefaultFile_StatesTheDefaultsOfWhatHasOne()
    {
        var read = ServerConfiguration.Read(DefaultFile(), needsKeys: false).Options;
        var built = new RealtimeOptions();

        Assert.Equivalent(built.Edge, read.Edge, strict: true);
        Assert.Equivalent(built.Embedded, read.Embedded, strict: true);
        Assert.Equivalent(built.Cluster, read.Cluster, strict: true);
        Assert.Equivalent(built.Storage, read.Storage, strict: true);
        Assert.Equivalent(built.Drain, read.Drain, strict: true);
        Assert.Equivalent(built.Metrics, read.Metrics, strict: true);
        Assert.Equivalent(built.Authentication, read.Authentication, strict: true);
    }

    [Theory]
    [InlineData("Edge:HartbeatInterval", "00:00:05", "Realtime:Edge:HartbeatInterval", "did you mean 'HeartbeatInterval'?")]
    [InlineData("Namespace:chat:Compact", "true", "Realtime:Namespace", "did you mean 'Namespaces'?")]
    [InlineData("Namespaces:chat:Replay:Cuont", "1", "Realtime:Namespaces:chat:Replay:Cuont", "did you mean 'Count'?")]
    [InlineData("Edge:QueueBytes", "4095", "Realtime:Edge:QueueBytes", "outside 4096 to 67108864")]
    [InlineData("Edge:QueueBytes", "many", "Realtime:Edge:QueueBytes", "'many' is not a whole number")]
    [InlineData("Edge:HeartbeatInterval", "30", "Realtime:Edge:HeartbeatInterval", "e.g. 00:00:30")]
    [InlineData("Drain:Window", "00:10:00.001", "Realtime:Drain:Window", "outside 00:00:00 to 00:10:00")]
    [InlineData("Limits:Strikes", "0", "Realtime:Limits:Strikes", "outside 1 to")]
    [InlineData("Namespaces:chat:Durability", "durabl", "Realtime:Namespaces:chat:Durability", "one of none, memory, durable")]
    [InlineData("Namespaces:chat:Compact", "yes", "Realtime:Namespaces:chat:Compact", "true or false")]
    [InlineData("Namespaces:chat:Durability", "1", "Realtime:Namespaces:chat:Durability", "one of none, memory, durable")]
    [InlineData("Namespaces:chat:ResumeWindow", "02:00:00", "Realtime:Namespaces:chat:ResumeWindow", "raise Replay:Age")]
    [InlineData("Namespaces:a b:Compact", "false", "Realtime:Namespaces:a b", "is no namespace")]
    [InlineData("Cluster:SiloPort", "0", "Realtime:Cluster:SiloPort", "outside 1 to 65535")]
    [InlineData("Storage:Provider", "mysql", "Realtime:Storage:Provider", "one of sqlite, postgresql, none")]
    [InlineData("Storage:Provider", "postgresql", "Realtime:Storage:ConnectionString", "this one is for SQLite")]
    [InlineData("Storage:ConnectionString", "Datei=x", "Realtime:Storage:ConnectionString", "'datei' is not supported")]
    [InlineData("Storage:ConnectionString", "realtime.db", "Realtime:Storage:ConnectionString", "is none of sqlite")]
    [InlineData("Storage:ConnectionString", " ", "Realtime:Storage:ConnectionString", "needs one")]
    [InlineData("Storage:Log:ReaderConnections", "0", "Realtime:Storage:Log", "from 1 to 64")]
    [InlineData("Authentication:JwksUri", "not an address", "Realtime:Authentication:JwksUri", "an absolute address")]
    [InlineData("Authentication:Keys:0:Secret", "c2hvcnQ", "Realtime:Authentication:Keys:0", "at least 32 bytes")]
    [InlineData("Authentication:Keys:0:Algorithm", "none", "Realtime:Authentication:Keys:0", "none of HS256, RS256, ES256")]
    [InlineData("ApiKeys:0:Sha256", "abc", "Realtime:ApiKeys:0", "64 hex digits")]
    [InlineData("Edge:AllowedOrigins:0", "https://app.example.com/", "Realtime:Edge:AllowedOrigins", "is no origin")]
    [InlineData("Edge:TrustedProxies:0", "10.0.0.0/33", "Realtime:Edge:TrustedProxies", "is no address")]
    [InlineData("Metrics:AllowedNetworks:0", "prometheus", "Realtime:Metrics:AllowedNetworks", "is no address")]
    public void Read_AMistake_SaysWhereAndWhatToChange(string key, string value, string where, string what)
    {
        var configuration = DefaultFile(
            ("Authentication:Keys:0:Id", "main"),
            ("Authentication:Keys:0:Algorithm", "HS256"),
            ("Authentication:Keys:0:Secret", Key),
            ("ApiKeys:0:Name", "backend"),
            ("ApiKeys:0:Sha256", new string('0', 64)),
            (key, value));

        var mistake = Assert.Single(ServerConfiguration.Read(configuration, needsKeys: true).Mistakes);

        Assert.Equal(where, mistake.Key);
        Assert.Contains(what, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TheOrleansRuntime_IsAMistakeOnlyWhereItIsNotBuiltIn()
    {
        var mistakes = ServerConfiguration.Read(DefaultFile(("Runtime", "orleans")), needsKeys: false).Mistakes;

        Assert.Equal(OrleansRuntime.IsBuiltIn ? [] : ["Realtime:Runtime"], mistakes.Select(static mistake => mistake.Key));
    }

    [Fact]
    public void Read_NoStore_NamesEveryDurableNamespace()
    {
        var read = ServerConfiguration.Read(DefaultFile(("Storage:Provider", "none")), needsKeys: false);

        Assert.Equal(
            ["Realtime:Namespaces:@:Durability", "Realtime:Namespaces:chat:Durability", "Realtime:Namespaces:notifications:Durability"],
            read.Mistakes.Select(mistake => mistake.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_SecretsInMistakes_AreNotShown()
    {
        var read = ServerConfiguration.Read(
            DefaultFile(
                ("Authentication:Keys:0:Id", "main"),
                ("Authentication:Keys:0:Algorithm", "HS256"),
                ("Authentication:Keys:0:Secret", "a-secret-of-mine")),
            needsKeys: true);

        Assert.DoesNotContain("a-secret-of-mine", string.Join(' ', read.Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ProductionWithoutKeys_IsRefusedWithTheRemedy()
    {
        var exception = Assert.Throws<ConfigurationException>(() => ServerApp.Create(["--environment=Production"]));

        Assert.Contains("Realtime__Authentication__Keys__0__Secret", exception.Message, StringComparison.Ordinal);
    }

    private static IConfigurationRoot DefaultFile(params (string Key, string Value)[] changes) =>
        new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: false)
            .AddInMemoryCollection(changes
                .GroupBy(change => change.Key, change => change.Value)
                .Select(values => KeyValuePair.Create("Realtime:" + values.Key, (string?)values.Last())))
            .Build();
}
