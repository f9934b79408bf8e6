using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>The frames of one walk in one piece per format, so that who lacks all of them is given one array. For one shard.</summary>
internal sealed class JoinedFrames
{
    private readonly byte[]?[] _pieces = new byte[]?[FrameFormat.Slots];

    /// <summary>
    /// All frames of <paramref name="window"/> in one format; the same array for every caller. Null when they are more than one
    /// write may hold, and for formats whose frames end with what is each client's own.
    /// </summary>
    public byte[]? In(FrameFormat format, List<CachedPublication> window)
    {
        if (format.TracksPositions)
        {
            return null;
        }

        return _pieces[format.Slot] ??= window.Count == 1 ? window[0].Frame(format) : Join(format, window);
    }

    /// <summary>The walk is over.</summary>
    public void Clear() => Array.Clear(_pieces);

    private static byte[]? Join(FrameFormat format, List<CachedPublication> window)
    {
        var length = 0L;
        foreach (var publication in window)
        {
            length += publication.Frame(format).Length;
        }

        if (length > OutboundQueue.MaxJoinedBytes)
        {
            return null;
        }

        var joined = new byte[length];
        var written = 0;
        foreach (var publication in window)
        {
            var frame = publication.Frame(format);
            frame.CopyTo(joined, written);
            written += frame.Length;
        }

        return joined;
    }
}
