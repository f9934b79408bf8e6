using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Protocol.Json;
using OrleansRealtime.Protocol.Protobuf;

namespace OrleansRealtime.Protocol;

/// <summary>The encodings that this library speaks. Immutable and safe for concurrent use.</summary>
public static class FrameCodecs
{
    /// <summary>JSON, which is spoken when a client names no subprotocol.</summary>
    public static IFrameCodec Default => JsonFrameCodec.Instance;

    /// <summary>All encodings, the default first.</summary>
    public static IReadOnlyList<IFrameCodec> All { get; } = [JsonFrameCodec.Instance, ProtobufFrameCodec.Instance];

    /// <summary>The encoding that a WebSocket subprotocol selects. Names are compared exactly (RFC 6455, section 4.2.2).</summary>
    /// <returns>False when no encoding has this name.</returns>
    public static bool TryGet(string subprotocol, [NotNullWhen(true)] out IFrameCodec? codec)
    {
        foreach (var candidate in All)
        {
            if (string.Equals(candidate.Subprotocol, subprotocol, StringComparison.Ordinal))
            {
                codec = candidate;
                return true;
            }
        }

        codec = null;
        return false;
    }
}
