using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansRealtime.Testing.Servers;

/// <summary>The configuration of a test server: the key of <see cref="TestTokens"/>, an API key, and the namespaces that tests use.</summary>
/// <remarks>Immutable; keys are those of configuration, with <c>:</c> between the levels.</remarks>
public sealed class ServerSettings
{
    /// <summary>The API key that test servers know as <c>backend</c>.</summary>
    public const string ApiKey = "test-api-key-0123456789abcdef0123456789abcdef";

    private readonly Dictionary<string, string> _values;

    private ServerSettings(Dictionary<string, string> values) => _values = values;

    /// <summary>
    /// No store. Namespaces: <c>chat</c> (members, anyone may publish), <c>memo</c> (compact), <c>small</c> (keeps 10),
    /// <c>none</c> (keeps nothing), <c>private</c>, <c>board</c> (servers publish), and one for each slow-reader policy.
    /// </summary>
    public static ServerSettings InMemory { get; } = new ServerSettings([])
        .With("Runtime", "embedded")
        .With("Storage:Provider", "none")
        .With("Authentication:Keys:0:Id", TestTokens.KeyId)
        .With("Authentication:Keys:0:Algorithm", "HS256")
        .With("Authentication:Keys:0:Secret", TestTokens.Secret)
        .With("ApiKeys:0:Name", "backend")
        .With("ApiKeys:0:Sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ApiKey))))
        .With("Limits:CommandsPerSecond", 100_000)
        .With("Limits:BytesPerSecond", 1_000_000_000)
        .With("Limits:CommandsPerSecondPerUser", 0)
        .With("Limits:BytesPerSecondPerUser", 0)
        .With("Limits:HandshakesPerSecondPerIp", 0)
        .WithNamespace("chat", ("Presence", "members"))
        .WithNamespace("lobby")
        .WithNamespace("notifications")
        .WithNamespace("@", ("Publishers", "server"))
        .WithNamespace("memo", ("Compact", "true"), ("Replay:Count", "10"))
        .WithNamespace("small", ("Replay:Count", "10"))
        .WithNamespace("none", ("Durability", "none"))
        .WithNamespace("private", ("Access", "private"))
        .WithNamespace("board", ("Publishers", "server"))
        .WithNamespace("catchup", ("SlowReader", "catchup"), ("Replay:Count", "100000"), ("Replay:Bytes", "67108864"))
        .WithNamespace("latest", ("SlowReader", "latest"))
        .WithNamespace("drop", ("SlowReader", "drop"))
        .WithNamespace("close", ("SlowReader", "close"));

    /// <summary>All values.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The same namespaces, all that can be durable, in SQLite files of a folder.</summary>
    public static ServerSettings Sqlite(string folder) =>
        InMemory.WithStore("sqlite", $"Data Source={Path.Combine(folder, "realtime.db")}");

    /// <summary>The same namespaces, all that can be durable, in PostgreSQL.</summary>
    public static ServerSettings PostgreSql(string connectionString) => InMemory.WithStore("postgresql", connectionString);

    /// <summary>These settings and one more; <paramref name="key"/> is below <c>Realtime</c>.</summary>
    public ServerSettings With(string key, string value) =>
        new(new Dictionary<string, string>(_values) { ["Realtime:" + key] = value });

    /// <summary>These settings and one more number.</summary>
    public ServerSettings With(string key, int value) => With(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>These settings and a namespace that every signed-in user may use, but for the options given.</summary>
    public ServerSettings WithNamespace(string name, params (string Option, string Value)[] options)
    {
        // Tests publish as fast as they can; limits on rates have tests of their own.
        var settings = With($"Namespaces:{name}:Access", "authenticated")
            .With($"Namespaces:{name}:Durability", "memory")
            .With($"Namespaces:{name}:Limits:PublishesPerSecondPerSender", 0)
            .With($"Namespaces:{name}:Limits:PublishesPerSecond", 0);
        return options.Aggregate(
            settings, (all, option) => all.With($"Namespaces:{name}:{option.Option}", option.Value));
    }

    private ServerSettings WithStore(string provider, string connectionString) =>
        new[] { "chat", "memo", "small", "private", "board", "catchup" }.Aggregate(
            With("Storage:Provider", provider).With("Storage:ConnectionString", connectionString),
            static (all, name) => all.With($"Namespaces:{name}:Durability", "durable"));
}
