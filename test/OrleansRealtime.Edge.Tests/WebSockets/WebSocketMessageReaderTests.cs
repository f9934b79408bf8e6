using System.IO.Pipelines;
using OrleansRealtime.Edge.WebSockets;
using OrleansRealtime.Testing.Wire;

namespace OrleansRealtime.Edge.Tests.WebSockets;

public sealed class WebSocketMessageReaderTests
{
    public static TheoryData<string> CaseNames => [.. WebSocketCases.All.Select(static @case => @case.Name)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task Read_OneChunk_GivesWhatTheCaseExpects(string name)
    {
        var @case = Case(name);

        Assert.Equal(@case.Expected, await Transcript.OfAsync(ChunkedStream.Whole(@case.Bytes), @case.IsBinary, isCompressed: @case.IsCompressed));
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task Read_ByteByByte_GivesWhatTheCaseExpects(string name)
    {
        var @case = Case(name);

        Assert.Equal(@case.Expected, await Transcript.OfAsync(ChunkedStream.ByteByByte(@case.Bytes), @case.IsBinary, isCompressed: @case.IsCompressed));
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task Read_SplitAnywhere_GivesWhatTheCaseExpects(string name)
    {
        var @case = Case(name);
        var bytes = @case.Bytes;

        // Where a split could matter: around every header, and at both ends of what follows.
        var splits = bytes.Length <= 2000
            ? Enumerable.Range(0, bytes.Length + 1)
            : Enumerable.Range(0, 40).Concat(Enumerable.Range(bytes.Length - 40, 41));
        foreach (var split in splits)
        {
            var transcript = await Transcript.OfAsync(ChunkedStream.Split(bytes, split), @case.IsBinary, isCompressed: @case.IsCompressed);
            Assert.True(@case.Expected.SequenceEqual(transcript), $"split at {split}: {string.Join(" | ", transcript)}");
        }
    }

    [Fact]
    public async Task Read_TooLong_IsRefusedBeforeThePayloadComes()
    {
        var pipe = new Pipe();
        using var reader = new WebSocketMessageReader(pipe.Reader, isBinary: true, maxMessageBytes: 10);
        await pipe.Writer.WriteAsync((ClientFrame.Binary([]) with { StatedLength = 11 }).ToBytes());

        var message = await reader.ReadAsync(CancellationToken.None);

        Assert.Equal(CloseReason.TooLarge, message.Reason);
    }

    [Fact]
    public async Task Read_EndlessEmptyParts_IsRefused()
    {
        var frames = Enumerable.Repeat(ClientFrame.Continuation([]) with { IsFinal = false }, 20)
            .Prepend(ClientFrame.Binary([]) with { IsFinal = false });

        var transcript = await Transcript.OfAsync(
            ChunkedStream.Whole(ClientFrame.ToBytes(frames)), isBinary: true, maxMessageBytes: 10);

        Assert.Equal(["Fault 1009"], transcript);
    }

    [Fact]
    public async Task Read_AfterFault_GivesTheSameFaultAgain()
    {
        using var reader = Over(ClientFrame.Text("x") with { MaskKey = null }, ClientFrame.Text("y"));

        var first = await reader.ReadAsync(CancellationToken.None);
        var second = await reader.ReadAsync(CancellationToken.None);

        Assert.Equal(CloseReason.ProtocolError, first.Reason);
        Assert.Equal((first.Kind, first.Reason), (second.Kind, second.Reason));
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        var pipe = new Pipe();
        using var reader = new WebSocketMessageReader(pipe.Reader, isBinary: false, Transcript.MaxMessageBytes);
        var bytes = ClientFrame.Text("hello").ToBytes();
        await pipe.Writer.WriteAsync(bytes.AsMemory(0, 7));
        using var cancellation = new CancellationTokenSource();
        var reading = reader.ReadAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);

        await pipe.Writer.WriteAsync(bytes.AsMemory(7));

        Assert.Equal("Text hello", Transcript.LineOf(await reader.ReadAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Read_TransportBreaks_IsTheEnd()
    {
        var pipe = new Pipe();
        using var reader = new WebSocketMessageReader(pipe.Reader, isBinary: false, Transcript.MaxMessageBytes);
        await pipe.Writer.CompleteAsync(new IOException("connection reset"));

        Assert.Equal(WebSocketMessageKind.Ended, (await reader.ReadAsync(CancellationToken.None)).Kind);
    }

    [Fact]
    public async Task Read_Waiting_HoldsNoBuffer()
    {
        using var pool = new CountingMemoryPool();
        var (client, server) = DuplexStream.CreatePair();
        var input = PipeReader.Create(server, new StreamPipeReaderOptions(pool, useZeroByteReads: true));
        using var reader = new WebSocketMessageReader(input, isBinary: false, Transcript.MaxMessageBytes);

        var reading = reader.ReadAsync(CancellationToken.None).AsTask();
        Assert.Equal(0, pool.Rented);
        await client.WriteAsync(ClientFrame.Text("a").ToBytes());
        Assert.Equal("Text a", Transcript.LineOf(await reading));
        Assert.Equal(1, pool.Rented);

        reading = reader.ReadAsync(CancellationToken.None).AsTask();
        Assert.False(reading.IsCompleted);
        Assert.Equal(0, pool.Rented);
        await client.DisposeAsync();
        Assert.Equal(WebSocketMessageKind.Ended, (await reading).Kind);
    }

    [Fact]
    public async Task Drain_AfterFault_ReadsToTheEnd()
    {
        var stream = new ChunkedStream([(ClientFrame.Text("x") with { MaskKey = null }).ToBytes(), new byte[5000], new byte[5000]]);
        using var reader = new WebSocketMessageReader(
            WebSocketMessageReader.CreateInput(stream), isBinary: false, Transcript.MaxMessageBytes);
        await reader.ReadAsync(CancellationToken.None);

        await reader.DrainAsync(CancellationToken.None);

        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
    }

    private static WebSocketCase Case(string name) => WebSocketCases.All.Single(@case => @case.Name == name);

    private static WebSocketMessageReader Over(params ClientFrame[] frames) =>
        new(
            WebSocketMessageReader.CreateInput(ChunkedStream.Whole(ClientFrame.ToBytes(frames))),
            isBinary: false,
            Transcript.MaxMessageBytes);
}
