using System.Numerics;
using System.Runtime.InteropServices;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Masks and unmasks payloads, which is the same thing (RFC 6455, section 5.3).</summary>
internal static class WebSocketMask
{
    /// <summary>Applies <paramref name="key"/> to <paramref name="data"/> in place.</summary>
    /// <param name="data">Any length, any alignment.</param>
    /// <param name="key">The four bytes of the key as they lie in memory.</param>
    /// <returns>The key as it is to be applied to the bytes that follow.</returns>
    public static uint Apply(Span<byte> data, uint key)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(data);
        var wideKey = Vector.AsVectorByte(new Vector<uint>(key));
        foreach (ref var vector in vectors)
        {
            vector ^= wideKey;
        }

        var rest = data[(vectors.Length * Vector<byte>.Count)..];
        var words = MemoryMarshal.Cast<byte, uint>(rest);
        foreach (ref var word in words)
        {
            word ^= key;
        }

        rest = rest[(words.Length * sizeof(uint))..];
        Span<byte> keyBytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(keyBytes, key);
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] ^= keyBytes[i];
        }

        var shift = 8 * rest.Length;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, shift) : BitOperations.RotateLeft(key, shift);
    }
}
