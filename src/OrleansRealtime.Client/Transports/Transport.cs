using OrleansRealtime.Protocol;
using OrleansRealtime.Protocol.Json;
using OrleansRealtime.Protocol.Protobuf;

namespace OrleansRealtime.Client.Transports;

/// <summary>Chooses the carriers that the options ask for.</summary>
internal static class Transport
{
    // One pool of connections for all clients of a process; connections are renewed, so that changes of DNS are seen.
    private static readonly HttpMessageInvoker Shared = new(
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(15) });

    public static ITransport Of(RealtimeClientOptions options)
    {
        options.Validate();
        IFrameCodec codec = options.Encoding == ClientEncoding.Json ? JsonFrameCodec.Instance : ProtobufFrameCodec.Instance;
        var webSockets = new WebSocketTransport(options.Address, codec, options.Http, options.TimeProvider);
        return options.Fallback
            ? new FallbackTransport(
                webSockets,
                new EventStreamTransport(options.Address, options.Http ?? Shared, options.TimeProvider),
                options.Logger)
            : webSockets;
    }
}
