using OrleansRealtime.Protocol;
using OrleansRealtime.Protocol.Json;
using OrleansRealtime.Protocol.Protobuf;

namespace OrleansRealtime.Client.Transports;

/// <summary>Chooses the carriers that the options ask for.</summary>
internal static class Transport
{
    public static ITransport Of(RealtimeClientOptions options)
    {
        options.Validate();
        IFrameCodec codec = options.Encoding == ClientEncoding.Json ? JsonFrameCodec.Instance : ProtobufFrameCodec.Instance;
        return new WebSocketTransport(options.Address, codec, options.Http, options.TimeProvider);
    }
}
