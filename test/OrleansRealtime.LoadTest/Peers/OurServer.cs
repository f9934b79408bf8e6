using System.Buffers.Text;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.LoadTest.Peers;

/// <summary>How our server is started for the bench, and the tokens that it takes: everything on, but no limits on rates.</summary>
internal static class OurServer
{
    private static readonly string Secret = Base64Url.EncodeToString("the bench's own key, good for nothing"u8);
    private static readonly JwtIssuer Issuer = CreateIssuer();

    /// <summary>The command that serves at a port, with a store or without.</summary>
    public static string[] Command(int port, Store store)
    {
        var durability = store.IsDurable ? "durable" : "memory";
        string[] retention = store.KeepsAll
            ? ["--Realtime:Namespaces:chat:Replay:Count=1000000", "--Realtime:Namespaces:chat:Replay:Bytes=1073741824"]
            : [];
        return
        [
            "dotnet",
            Files.Server,
            "serve",
            $"--urls=http://127.0.0.1:{port}",
            "--Realtime:Runtime=embedded",
            $"--Realtime:Storage:Provider={store.Provider}",
            $"--Realtime:Storage:ConnectionString={store.ConnectionString}",
            "--Realtime:Authentication:Keys:0:Id=bench",
            "--Realtime:Authentication:Keys:0:Algorithm=HS256",
            $"--Realtime:Authentication:Keys:0:Secret={Secret}",
            $"--Realtime:Namespaces:chat:Durability={durability}",
            "--Realtime:Namespaces:@:Durability=memory",
            "--Realtime:Namespaces:notifications:Durability=memory",
            "--Realtime:Namespaces:chat:Limits:PublishesPerSecondPerSender=0",
            "--Realtime:Namespaces:chat:Limits:PublishesPerSecond=0",
            "--Realtime:Limits:HandshakesPerSecond=0",
            "--Realtime:Limits:HandshakesPerSecondPerIp=0",
            "--Realtime:Limits:ConnectionsPerIp=0",
            "--Realtime:Limits:Connections=0",
            "--Realtime:Limits:CommandsPerSecond=0",
            "--Realtime:Limits:BytesPerSecond=0",
            "--Realtime:Limits:CommandsPerSecondPerUser=0",
            "--Realtime:Limits:BytesPerSecondPerUser=0",
            "--Logging:LogLevel:Default=Warning",
            .. retention,
        ];
    }

    /// <summary>A token for one client; each is a user of its own.</summary>
    public static string Token(int client) =>
        Issuer.Issue(new TokenRequest(UserId.Parse($"user{client}"), TimeSpan.FromHours(2)));

    private static JwtIssuer CreateIssuer()
    {
        var options = new AuthenticationOptions();
        options.Keys.Add(new SigningKeyOptions { Id = "bench", Algorithm = "HS256", Secret = new Secret(Secret) });
        return new JwtIssuer(options, TimeProvider.System);
    }
}
