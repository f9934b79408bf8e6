using System.Buffers.Binary;

namespace OrleansRealtime.Testing.Wire;

/// <summary>Reads a server's frames and is strict about them: whole, unmasked, no reserved bits, shortest lengths.</summary>
/// <param name="stream">Where they come from.</param>
/// <param name="mayBeCompressed">Whether permessage-deflate was negotiated, which gives one reserved bit a meaning.</param>
internal sealed class ServerFrameReader(Stream stream, bool mayBeCompressed)
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>How many bytes were read from the stream so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next frame, or null at the end of the stream.</summary>
    public async ValueTask<RawFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake() is { } frame)
            {
                return frame;
            }

            if (await FillAsync(int.MaxValue, cancellationToken) == 0)
            {
                return null;
            }
        }
    }

    /// <summary>Reads at most so many bytes from the stream, once, without looking at them.</summary>
    /// <returns>How many came; 0 at the end of the stream.</returns>
    public async ValueTask<int> FillAsync(int maxBytes, CancellationToken cancellationToken)
    {
        if (_start > 0 && _start == _end)
        {
            _start = _end = 0;
        }

        if (_end == _buffer.Length)
        {
            var larger = _start > 0 ? _buffer : new byte[2 * _buffer.Length];
            _buffer.AsSpan(_start.._end).CopyTo(larger);
            _buffer = larger;
            _end -= _start;
            _start = 0;
        }

        var length = Math.Min(maxBytes, _buffer.Length - _end);
        var count = await stream.ReadAsync(_buffer.AsMemory(_end, length), cancellationToken);
        _end += count;
        BytesRead += count;
        return count;
    }

    private RawFrame? TryTake()
    {
        var bytes = _buffer.AsSpan(_start.._end);
        if (bytes.Length < 2)
        {
            return null;
        }

        var isCompressed = mayBeCompressed && (bytes[0] & 0xF0) == 0xC0 && (bytes[0] & 0x0F) is 1 or 2;
        Must(isCompressed || (bytes[0] & 0xF0) == 0x80, "a frame is not final or has reserved bits");
        Must((bytes[1] & 0x80) == 0, "a server's frame is masked");
        var header = 2 + (bytes[1] switch { 126 => 2, 127 => 8, _ => 0 });
        if (bytes.Length < header)
        {
            return null;
        }

        long length = bytes[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => bytes[1],
        };
        Must(header == 2 || length > (header == 4 ? 125 : ushort.MaxValue), "a length is longer than necessary");
        if (bytes.Length < header + length)
        {
            return null;
        }

        var payload = bytes.Slice(header, (int)length).ToArray();
        var frame = new RawFrame(bytes[0] & 0x0F, isCompressed ? SlowInflate.Expand(payload) : payload)
        {
            IsCompressed = isCompressed,
        };
        _start += header + (int)length;
        return frame;
    }

    private static void Must(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidDataException($"The server broke RFC 6455: {otherwise}.");
        }
    }
}
