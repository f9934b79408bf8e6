using System.Diagnostics;
using System.Net.Sockets;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.LoadTest.Wire;

namespace OrleansRealtime.LoadTest.Peers;

/// <summary>A server that the bench can start, and how it is spoken to. Immutable.</summary>
/// <param name="Name">What the reports call it.</param>
/// <param name="Dialect">What its clients say.</param>
/// <param name="Command">Starts it at a port: the file, then the arguments.</param>
internal sealed record Peer(string Name, Dialect Dialect, Func<int, string[]> Command)
{
    private static readonly byte[] Secret = "the bench's own key, good for nothing"u8.ToArray();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Peer> All { get; } =
    [
        new("ours", new JsonDialect(Token), Ours),
        new("bun", new PlainDialect(), static port => [Files.Bun, Files.Script("bun.js"), $"{port}"]),
        new("signalr", new SignalRDialect(), static port => ["dotnet", Files.Self, "peer", "signalr", $"{port}"]),
        new("kestrel", new PlainDialect(), static port => ["dotnet", Files.Self, "peer", "kestrel", $"{port}"]),
        new("ws", new PlainDialect(), static port => ["node", Files.Script("ws.mjs"), $"{port}"]),
        new("socketio", new SocketIoDialect(), static port => ["node", Files.Script("socketio.mjs"), $"{port}"]),
    ];

    /// <summary>Starts it and waits until it accepts connections.</summary>
    public async Task<Process> StartAsync(int port)
    {
        var command = Command(port);
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(command.First(File.Exists))!,
        };
        start.Environment["DOTNET_TieredPGO"] = "1";
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        var said = new List<string>();
        process.ErrorDataReceived += (_, line) => said.Add(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(50))
        {
            if (process.HasExited)
            {
                break;
            }

            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", port);
                return process;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException($"{Name} did not start: {string.Join(Environment.NewLine, said)}");
    }

    private static string[] Ours(int port)
    {
        string[] settings =
        [
            $"--urls=http://127.0.0.1:{port}",
            "--Realtime:Runtime=embedded",
            "--Realtime:Storage:Provider=none",
            "--Realtime:Authentication:Keys:0:Id=bench",
            "--Realtime:Authentication:Keys:0:Algorithm=HS256",
            $"--Realtime:Authentication:Keys:0:Secret={System.Buffers.Text.Base64Url.EncodeToString(Secret)}",
            "--Realtime:Namespaces:chat:Durability=memory",
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
        ];
        return ["dotnet", Files.Server, "serve", .. settings];
    }

    private static string Token(int client)
    {
        var options = new AuthenticationOptions();
        options.Keys.Add(new SigningKeyOptions
        {
            Id = "bench",
            Algorithm = "HS256",
            Secret = new Secret(System.Buffers.Text.Base64Url.EncodeToString(Secret)),
        });
        return new JwtIssuer(options, TimeProvider.System).Issue(
            new TokenRequest(UserId.Parse($"user{client}"), TimeSpan.FromHours(2)));
    }
}
