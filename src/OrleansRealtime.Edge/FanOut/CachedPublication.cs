using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>A publication and its finished frames, each made when first asked for and shared by all sockets. Safe for concurrent use.</summary>
internal sealed class CachedPublication
{
    // The envelope of a frame and the objects around it, roughly; the budget is for bytes in memory, not on the wire.
    private const int Overhead = 160;

    private readonly byte[]?[] _frames = new byte[]?[FrameFormat.Slots];
    private readonly ChannelName _channel;

    /// <summary>Wraps a publication of <paramref name="channel"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="publication">The publication.</param>
    /// <param name="takenAt">When the channel took it, if it was delivered live.</param>
    public CachedPublication(ChannelName channel, Publication publication, DateTimeOffset takenAt = default)
    {
        _channel = channel;
        Publication = publication;
        TakenAt = takenAt;
    }

    /// <summary>When the channel took it from its publisher; default when it was not delivered live.</summary>
    public DateTimeOffset TakenAt { get; }

    /// <summary>The publication.</summary>
    public Publication Publication { get; }

    /// <summary>Its number.</summary>
    public long Sequence => Publication.Sequence;

    /// <summary>About how many bytes it holds in memory.</summary>
    public int Size => Publication.Payload.Length + Overhead;

    /// <summary>The frame of one format, open where that is finished by positions; the same array for every caller.</summary>
    public byte[] Frame(FrameFormat format)
    {
        ref var slot = ref _frames[format.Slot];
        if (Volatile.Read(ref slot) is { } frame)
        {
            return frame;
        }

        var shared = format.ForPublication(Publication.Payload.Length);
        if (shared != format)
        {
            frame = Frame(shared);
            Volatile.Write(ref slot, frame);
            return frame;
        }

        return format.IsCompressed ? EncodeOnce(ref slot, format) : Encode(ref slot, format);
    }

    private byte[] Encode(ref byte[]? slot, FrameFormat format)
    {
        var encoded = format.EncodePublication(new PublicationFrame(_channel, Publication));
        return Interlocked.CompareExchange(ref slot, encoded, null) ?? encoded;
    }

    // Shards come to a publication at the same time. To compress takes so long that the others are better off waiting for the
    // first than doing it too.
    private byte[] EncodeOnce(ref byte[]? slot, FrameFormat format)
    {
        lock (_frames)
        {
            return slot ?? Encode(ref slot, format);
        }
    }
}
