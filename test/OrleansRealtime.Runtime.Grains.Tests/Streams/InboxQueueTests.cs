using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Runtime.Contract.Runtimes;
using OrleansRealtime.Runtime.Grains.Delivery;
using OrleansRealtime.Runtime.Grains.Streams;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Grains.Tests.Streams;

public sealed class InboxQueueTests : IDisposable
{
    private static readonly EdgeId East = new("east");
    private static readonly ChannelName Channel = ChannelName.Parse("memory:a");

    private readonly ManualTimeProvider _time = new();
    private readonly LostMessages _lost = new();
    private readonly InboxQueue _queue;

    public InboxQueueTests()
    {
        var edges = new LocalEdges(NullLogger<LocalEdges>.Instance);
        edges.Register(East, new RecordingInbox());
        _queue = new InboxQueue(edges, _time, _lost.Metrics);
    }

    public void Dispose() => _lost.Dispose();

    [Fact]
    public async Task Read_OfAnEmptyQueue_EndsWithTheNextMessage()
    {
        var read = _queue.ReadAsync(10, CancellationToken.None);
        Assert.False(read.IsCompleted);

        Assert.True(_queue.TryTake(East, Signals(1)));

        var batch = Assert.IsType<InboxBatch>(Assert.Single(await read));
        Assert.Equal(East, InboxStreams.EdgeOf(batch.StreamId));
        Assert.Single(Assert.Single(batch.GetEvents<InboxMessages>()).Item1.Messages);
    }

    [Fact]
    public async Task Read_GivesWhatWasPutInFirst_UpToTheNumberAskedFor()
    {
        for (var i = 1; i <= 3; i++)
        {
            Assert.True(_queue.TryTake(East, Signals(i)));
        }

        Assert.Equal([1, 2], (await _queue.ReadAsync(2, CancellationToken.None)).Select(Length));
        Assert.Equal([3], (await _queue.ReadAsync(2, CancellationToken.None)).Select(Length));
    }

    [Fact]
    public async Task Tokens_Grow()
    {
        _queue.TryTake(East, Signals(1));
        _queue.TryTake(East, Signals(1));

        var batches = await _queue.ReadAsync(10, CancellationToken.None);

        Assert.True(batches[1].SequenceToken.CompareTo(batches[0].SequenceToken) > 0);
    }

    [Fact]
    public async Task Read_EndsEmptyAfterTheLongestWait()
    {
        var read = _queue.ReadAsync(10, CancellationToken.None);
        await _time.WhenArmed(1);

        _time.Advance(InboxQueue.LongestWait);

        Assert.Empty(await read);
    }

    [Fact]
    public async Task Read_ThatIsCancelled_EndsEmpty_AndLeavesWhatComes()
    {
        using var stop = new CancellationTokenSource();
        var read = _queue.ReadAsync(10, stop.Token);
        await stop.CancelAsync();
        Assert.Empty(await read);

        _queue.TryTake(East, Signals(1));

        Assert.Single(await _queue.ReadAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task FullQueue_DropsAndCountsWhatComes_UntilThereIsRoom()
    {
        for (var i = 0; i < InboxQueue.MaxQueued / 512; i++)
        {
            Assert.True(_queue.TryTake(East, Signals(512)));
        }

        Assert.Equal(0, _lost.Count);
        Assert.True(_queue.TryTake(East, Signals(7)));
        Assert.Equal(7, _lost.Count);

        Assert.Equal(InboxQueue.MaxQueued / 512, (await _queue.ReadAsync(int.MaxValue, CancellationToken.None)).Count);
        Assert.True(_queue.TryTake(East, Signals(7)));
        Assert.Equal(7, _lost.Count);
    }

    [Fact]
    public void QueueThatIsFullOfBytes_DropsAndCountsWhatComes()
    {
        var large = new SignalMessage(
            Channel, Sender.FromValue("ann"), null, null, null, Payload.Json(new byte[InboxQueue.MaxQueuedBytes / 2]));

        _queue.TryTake(East, [large, large]);
        Assert.Equal(0, _lost.Count);
        _queue.TryTake(East, [large]);

        Assert.Equal(1, _lost.Count);
    }

    [Fact]
    public void MessageForAnEdgeOfAnotherSilo_IsNotTaken()
    {
        Assert.False(_queue.TryTake(new EdgeId("west"), Signals(1)));
        Assert.Equal(0, _lost.Count);
    }

    private static int Length(Orleans.Streams.IBatchContainer batch) => ((InboxBatch)batch).Messages.Messages.Length;

    private static ImmutableArray<EdgeMessage> Signals(int count) =>
        [.. Enumerable.Repeat(new SignalMessage(Channel, Sender.FromValue("ann"), null, null, null, Payload.Json("1")), count)];
}
