namespace OrleansRealtime.Edge.Tests.WebSockets;

/// <summary>A stream that hands out its bytes in given pieces, one per read, and then ends.</summary>
internal sealed class ChunkedStream(IEnumerable<byte[]> chunks) : Stream
{
    private readonly Queue<byte[]> _chunks = new(chunks.Where(static chunk => chunk.Length > 0));
    private byte[] _current = [];
    private int _offset;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static ChunkedStream Whole(byte[] bytes) => new([bytes]);

    public static ChunkedStream Split(byte[] bytes, int at) => new([bytes[..at], bytes[at..]]);

    public static ChunkedStream ByteByByte(byte[] bytes) => new(bytes.Select(static value => new[] { value }));

    public static ChunkedStream Randomly(byte[] bytes, Random random)
    {
        var chunks = new List<byte[]>();
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - start, random.Next(4) == 0 ? random.Next(1, 5000) : random.Next(1, 20));
            chunks.Add(bytes[start..(start + length)]);
            start += length;
        }

        return new ChunkedStream(chunks);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return ValueTask.FromResult(0);
        }

        if (_offset == _current.Length)
        {
            _offset = 0;
            _current = _chunks.Count > 0 ? _chunks.Dequeue() : [];
        }

        var length = Math.Min(buffer.Length, _current.Length - _offset);
        _current.AsMemory(_offset, length).CopyTo(buffer);
        _offset += length;
        return ValueTask.FromResult(length);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
