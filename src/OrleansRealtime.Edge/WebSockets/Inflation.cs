using System.Buffers;
using System.IO.Compression;

namespace OrleansRealtime.Edge.WebSockets;

/// <summary>Expands compressed messages, each for itself (RFC 7692, section 7.2.2), within a bound. Safe for concurrent use.</summary>
internal static class Inflation
{
    // A message is in one piece, or in two with an empty one behind it (section 7.2.3.4). Each piece costs an inflater, so a
    // message of nothing but final blocks is not believed.
    private const int MaxPieces = 8;

    private const int MinOutput = 512;

    private static readonly CloseReason NotDeflate = CloseReason.NotUtf8.With("not DEFLATE");

    [ThreadStatic]
    private static CompressedInput? input;

    /// <summary>How long a compressed message may be, when it may have <paramref name="maxBytes"/> once expanded.</summary>
    // What zlib calls its bound: the greatest length to which a usual compressor expands what cannot be compressed.
    public static int MaxCompressedBytes(int maxBytes) => maxBytes + (maxBytes >> 12) + (maxBytes >> 14) + 13;

    /// <summary>Expands a message. Nothing of it is beyond <paramref name="maxBytes"/>, nor is memory taken for more.</summary>
    /// <param name="message">The payload of all its frames.</param>
    /// <param name="maxBytes">How long it may be, expanded.</param>
    /// <param name="rented">What it was expanded into, rented from the shared pool; the caller's to return. Null after a fault.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <returns>What to close with, or null.</returns>
    public static CloseReason? TryExpand(in ReadOnlySequence<byte> message, int maxBytes, out byte[]? rented, out int length)
    {
        var source = input ??= new CompressedInput();
        source.Begin(message);
        rented = ArrayPool<byte>.Shared.Rent((int)Math.Min(RoomFor(maxBytes), Math.Max(MinOutput, 4 * message.Length)));
        length = 0;
        CloseReason? fault;
        try
        {
            fault = ExpandPieces(source, maxBytes, ref rented, ref length);
        }
        catch (InvalidDataException)
        {
            fault = NotDeflate;
        }
        finally
        {
            source.End();
        }

        if (fault is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
            (rented, length) = (null, 0);
        }

        return fault;
    }

    /// <summary>A piece ends with a final block, which most messages do not have: behind it begins the next piece.</summary>
    private static CloseReason? ExpandPieces(CompressedInput source, int maxBytes, ref byte[] output, ref int length)
    {
        for (var piece = 0; piece < MaxPieces; piece++)
        {
            var start = source.Position;
            var before = length;
            if (!TryExpandPiece(source, maxBytes, ref output, ref length))
            {
                return CloseReason.TooLarge;
            }

            if (source.IsAtEnd)
            {
                return TryTakeSeal(source, output, ref length) ? null : NotDeflate;
            }

            if (length > maxBytes)
            {
                return CloseReason.TooLarge;
            }

            if (!source.IsByteByByte)
            {
                // An inflater takes as much as it is given, so only one that is given single bytes tells where the piece ended.
                source.GoBack(start);
                length = before;
            }

            if (source.IsOnlyTailLeft)
            {
                return null;
            }
        }

        return NotDeflate;
    }

    private static bool TryTakeSeal(CompressedInput source, byte[] output, ref int length)
    {
        var expanded = output.AsSpan(0, length);
        if (source.IsBeyondEnd || !expanded.EndsWith(CompressedInput.Seal))
        {
            return false;
        }

        // A stored block that was cut copies what it is given, and so shows what stood before the seal as well.
        length -= CompressedInput.Seal.Length;
        return !expanded[..length].EndsWith(CompressedInput.BeforeSeal);
    }

    // One byte more than it may have, so that a message that is too long is seen to be.
    private static long RoomFor(int maxBytes) => maxBytes + CompressedInput.Seal.Length + 1L;

    private static bool TryExpandPiece(CompressedInput source, int maxBytes, ref byte[] output, ref int length)
    {
        using var inflate = new DeflateStream(source, CompressionMode.Decompress, leaveOpen: true);
        while (true)
        {
            var room = Math.Min(output.Length, RoomFor(maxBytes)) - length;
            if (room == 0)
            {
                Grow(ref output, length, maxBytes);
                continue;
            }

            var read = inflate.Read(output.AsSpan(length, (int)room));
            if (read == 0)
            {
                return true;
            }

            length += read;
            if (length == RoomFor(maxBytes))
            {
                return false;
            }
        }
    }

    private static void Grow(ref byte[] output, int length, int maxBytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, RoomFor(maxBytes)));
        output.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(output);
        output = larger;
    }

    /// <summary>
    /// A message as an inflater is given it: its payload, the tail that its sender left out, and behind that a final block with
    /// a seal. An inflater that was between two blocks at the end of the tail ends with the seal; one that was within a block,
    /// because the message was cut, reads something else there.
    /// </summary>
    private sealed class CompressedInput : Stream
    {
        private static readonly byte[] Tail = [0x00, 0x00, 0xFF, 0xFF];
        private static readonly byte[] SealedBlock = [.. BeforeSeal[4..], .. Seal];

        private ReadOnlySequence<byte> _message;

        /// <summary>The tail, and the header of a final stored block of eight bytes.</summary>
        public static ReadOnlySpan<byte> BeforeSeal => [0x00, 0x00, 0xFF, 0xFF, 0x01, 0x08, 0x00, 0xF7, 0xFF];

        /// <summary>What no message ends with by chance.</summary>
        public static ReadOnlySpan<byte> Seal => [0x9D, 0x31, 0xE6, 0x58, 0x07, 0xC4, 0xAB, 0x72];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        /// <summary>How many bytes of payload and tail were given.</summary>
        public override long Position { get; set; }

        /// <summary>Whether the sealed block was given.</summary>
        public bool IsAtEnd { get; private set; }

        /// <summary>Whether even more was asked for: the inflater was in the midst of something.</summary>
        public bool IsBeyondEnd { get; private set; }

        public bool IsByteByByte { get; private set; }

        /// <summary>Whether all of the payload was given, and the tail of an empty block that nobody began, or nothing, is left.</summary>
        public bool IsOnlyTailLeft => Position == _message.Length || Position == _message.Length + Tail.Length;

        public void Begin(in ReadOnlySequence<byte> message)
        {
            _message = message;
            Position = 0;
            IsAtEnd = IsBeyondEnd = IsByteByByte = false;
        }

        public void GoBack(long position)
        {
            Position = position;
            IsByteByByte = true;
        }

        public void End() => _message = default;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (IsAtEnd)
            {
                IsBeyondEnd = true;
                return 0;
            }

            if (Position == _message.Length + Tail.Length)
            {
                IsAtEnd = true;
                SealedBlock.CopyTo(buffer);
                return SealedBlock.Length;
            }

            var isTail = Position >= _message.Length;
            var left = (isTail ? Tail.Length : 0) + _message.Length - Position;
            var given = (int)Math.Min(left, IsByteByByte ? 1 : buffer.Length);
            if (isTail)
            {
                Tail.AsSpan((int)(Position - _message.Length), given).CopyTo(buffer);
            }
            else
            {
                _message.Slice(Position, given).CopyTo(buffer);
            }

            Position += given;
            return given;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
