using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.ServerSentEvents;

/// <summary>
/// The event id: where the stream stands in all its channels, as an opaque text that any node reads. Pure.
/// </summary>
/// <remarks>
/// <c>1</c>, then base64url of one entry per channel: 8 bytes of the SHA-256 of its name, the sequence in 8 bytes, the length of
/// the epoch in one byte, the epoch. The names themselves come again with each request, and their hashes keep the token within
/// what a header may hold. A token is a claim like any position that a client names: it is checked against the channel.
/// </remarks>
internal static class PositionToken
{
    /// <summary>How long a token may be, in characters: 16 KiB, half of what Kestrel takes for all headers.</summary>
    public const int MaxLength = 16 * 1024;

    // Reads as Unknown in every channel. Empty would tell EventSource to send no id, and the gap would go unnoticed.
    private const string TooLong = "-";

    private const char Version = '1';
    private const int FixedBytes = 8 + 8 + 1;

    /// <summary>
    /// What stands for a token that cannot be read: a position in no channel's numbering, so that each says
    /// <c>recovered: false</c> instead of passing for a stream that has missed nothing.
    /// </summary>
    public static Position Unknown { get; } = new(new Epoch("?"), 0);

    /// <summary>Writes a token; one that nobody can read when it would be too long to come back.</summary>
    public static string Write(IReadOnlyList<ChannelPosition> positions)
    {
        var length = positions.Sum(static position => FixedBytes + Encoding.UTF8.GetByteCount(position.Position.Epoch.ToString()));
        if ((length * 4 / 3) + 4 > MaxLength)
        {
            return TooLong;
        }

        var bytes = new byte[length];
        var rest = bytes.AsSpan();
        foreach (var (channel, position) in positions)
        {
            BinaryPrimitives.WriteUInt64BigEndian(rest, HashOf(channel));
            BinaryPrimitives.WriteInt64BigEndian(rest[8..], position.Sequence);
            var epoch = Encoding.UTF8.GetBytes(position.Epoch.ToString(), rest[FixedBytes..]);
            rest[16] = (byte)epoch;
            rest = rest[(FixedBytes + epoch)..];
        }

        return Version + Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a token.</summary>
    /// <returns>The position of each of <paramref name="channels"/> that is in it; null when the text is no token.</returns>
    public static Dictionary<ChannelName, Position>? TryRead(string token, IEnumerable<ChannelName> channels)
    {
        if (token.Length is 0 or > MaxLength || token[0] != Version || !Base64Url.IsValid(token.AsSpan(1)))
        {
            return null;
        }

        var byHash = new Dictionary<ulong, Position>();
        ReadOnlySpan<byte> rest = Base64Url.DecodeFromChars(token.AsSpan(1));
        while (!rest.IsEmpty)
        {
            if (rest.Length < FixedBytes || rest[16] > Epoch.MaxLength || rest.Length < FixedBytes + rest[16])
            {
                return null;
            }

            var sequence = BinaryPrimitives.ReadInt64BigEndian(rest[8..]);
            var epoch = Encoding.UTF8.GetString(rest.Slice(FixedBytes, rest[16]));
            if (sequence < 0 || epoch.Length == 0)
            {
                return null;
            }

            byHash[BinaryPrimitives.ReadUInt64BigEndian(rest)] = new Position(new Epoch(epoch), sequence);
            rest = rest[(FixedBytes + rest[16])..];
        }

        var positions = new Dictionary<ChannelName, Position>();
        foreach (var channel in channels)
        {
            if (byHash.TryGetValue(HashOf(channel), out var position))
            {
                positions[channel] = position;
            }
        }

        return positions;
    }

    private static ulong HashOf(ChannelName channel)
    {
        Span<byte> name = stackalloc byte[ChannelName.MaxLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.ASCII.GetBytes(channel.Value, name);
        SHA256.HashData(name[..length], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
