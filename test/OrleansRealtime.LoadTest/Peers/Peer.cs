using OrleansRealtime.LoadTest.Wire;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.LoadTest.Peers;

/// <summary>A server that the bench can start, and how it is spoken to. Immutable.</summary>
/// <param name="Name">What the reports call it.</param>
/// <param name="Dialect">What its clients say.</param>
/// <param name="Command">Starts it at a port, with a store if it knows of any: the file, then the arguments.</param>
internal sealed record Peer(string Name, Dialect Dialect, Func<int, Store, string[]> Command)
{
    /// <summary>Ours, its clients speaking JSON.</summary>
    public const string OursName = "ours";

    /// <summary>Ours, its clients speaking Protobuf.</summary>
    public const string OursInProtobufName = "ours-protobuf";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Peer> All { get; } =
    [
        new(OursName, new OurDialect(OurServer.Token, Codec(ProtocolVersion.JsonSubprotocol)), OurServer.Command),
        new(OursInProtobufName, new OurDialect(OurServer.Token, Codec(ProtocolVersion.ProtobufSubprotocol)), OurServer.Command),
        new("bun", new PlainDialect(), static (port, _) => [Files.Bun, Files.Script("bun.js"), $"{port}"]) { IsDotNet = false },
        new("signalr", new SignalRDialect(), static (port, _) => ["dotnet", Files.Self, "peer", "signalr", $"{port}"]),
        new("kestrel", new PlainDialect(), static (port, _) => ["dotnet", Files.Self, "peer", "kestrel", $"{port}"]),
        new("ws", new PlainDialect(), static (port, _) => ["node", Files.Script("ws.mjs"), $"{port}"]) { IsDotNet = false },
        new("socketio", new SocketIoDialect(), static (port, _) => ["node", Files.Script("socketio.mjs"), $"{port}"]) { IsDotNet = false },
    ];

    /// <summary>Whether it is ours, in whatever encoding.</summary>
    public bool IsOurs => Dialect is OurDialect;

    /// <summary>Whether it runs on .NET.</summary>
    public bool IsDotNet { get; init; } = true;

    /// <summary>
    /// How long it is loaded before anything is measured: .NET compiles what is hot a second time, with what it saw, and needs
    /// longer for that than the engines of the others.
    /// </summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(IsDotNet ? 12 : 5);

    private static IFrameCodec Codec(string subprotocol) =>
        FrameCodecs.TryGet(subprotocol, out var codec) ? codec : throw new ArgumentException(subprotocol, nameof(subprotocol));
}
