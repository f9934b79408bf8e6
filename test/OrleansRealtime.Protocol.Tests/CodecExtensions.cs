using System.Buffers;
using System.Text;

namespace OrleansRealtime.Protocol.Tests;

/// <summary>Codecs on arrays and texts.</summary>
internal static class CodecExtensions
{
    public static ClientCommand ReadCommand(this IFrameCodec codec, string message) =>
        codec.ReadCommand(Encoding.UTF8.GetBytes(message));

    public static ClientCommand ReadCommand(this IFrameCodec codec, byte[] message)
    {
        var isCommand = codec.TryReadCommand(new ReadOnlySequence<byte>(message), out var command, out var fault);
        Assert.True(isCommand, $"refused: {fault}");
        Assert.Null(fault);
        return command!;
    }

    public static CommandFault ReadFault(this IFrameCodec codec, string message) =>
        codec.ReadFault(Encoding.UTF8.GetBytes(message));

    public static CommandFault ReadFault(this IFrameCodec codec, byte[] message)
    {
        var isCommand = codec.TryReadCommand(new ReadOnlySequence<byte>(message), out var command, out var fault);
        Assert.False(isCommand, $"accepted: {command}");
        Assert.Null(command);
        return fault!;
    }

    public static byte[] Write(this IFrameCodec codec, ClientCommand command)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.WriteCommand(command, output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Write(this IFrameCodec codec, ServerFrame frame)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.WriteFrame(frame, output);
        return output.WrittenSpan.ToArray();
    }

    public static ServerFrame ReadFrame(this IFrameCodec codec, byte[] message)
    {
        Assert.True(codec.TryReadFrame(new ReadOnlySequence<byte>(message), out var frame), "no frame");
        return frame!;
    }

    /// <summary>The same bytes in segments of one size.</summary>
    public static ReadOnlySequence<byte> InSegmentsOf(this byte[] message, int size)
    {
        if (message.Length <= size)
        {
            return new ReadOnlySequence<byte>(message);
        }

        var first = new Segment(message.AsMemory(0, size), null);
        var last = first;
        for (var start = size; start < message.Length; start += size)
        {
            last = new Segment(message.AsMemory(start, Math.Min(size, message.Length - start)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
