using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Runtime.Grains.Delivery;
using OrleansRealtime.Runtime.Grains.Streams;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Runtime.Grains.Tests.Streams;

public sealed class EdgeRouteTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ChannelName Channel = ChannelName.Parse("memory:a");

    private readonly HeldStream _stream = new();
    private readonly LostMessages _lost = new();
    private readonly EdgeRoute _route;

    public EdgeRouteTests() =>
        _route = new EdgeRoute(new EdgeId("east"), _stream, new ManualTimeProvider(), _lost.Metrics, NullLogger.Instance);

    public void Dispose() => _lost.Dispose();

    [Fact]
    public async Task SlowStream_HoldsABoundedNumber_AndTheRestIsDroppedAndCounted()
    {
        _route.Post(Signal(0));
        await _stream.WhenCalled.WaitAsync(Patience);
        for (var i = 1; i <= EdgeRoute.MaxQueued + 5; i++)
        {
            _route.Post(Signal(i));
        }

        Assert.Equal(5, _lost.Count);
        _stream.Answer.SetResult();
        await _route.WhenIdle().WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, EdgeRoute.MaxQueued + 1), _stream.Taken.SelectMany(static batch => batch.Messages).Select(Number));
        Assert.All(_stream.Taken, static batch => Assert.InRange(batch.Messages.Length, 1, EdgeRoute.MaxBatch));
    }

    [Fact]
    public async Task Batch_HoldsABoundedNumberOfBytes()
    {
        _route.Post(Signal(0));
        await _stream.WhenCalled.WaitAsync(Patience);
        for (var i = 1; i <= 6; i++)
        {
            _route.Post(Signal(i, new byte[EdgeRoute.MaxBatchBytes / 2]));
        }

        _stream.Answer.SetResult();
        await _route.WhenIdle().WaitAsync(Patience);

        Assert.Equal([1, 2, 2, 2], _stream.Taken.Select(static batch => batch.Messages.Length));
    }

    [Fact]
    public async Task StreamThatFails_LosesThatBatchOnly()
    {
        _route.Post(Signal(0));
        await _stream.WhenCalled.WaitAsync(Patience);
        _route.Post(Signal(1));

        _stream.Answer.SetException(new TimeoutException());
        await _route.WhenIdle().WaitAsync(Patience);

        Assert.Equal(1, _lost.Count);
        Assert.Equal(1, Number(_stream.Taken.Last().Messages.Single()));
    }

    private static SignalMessage Signal(int number, byte[]? payload = null) => new(
        Channel, Sender.FromValue("ann"), null, new ConnectionId(number), null, payload is null ? Payload.Json("1") : Payload.Json(payload));

    private static int Number(EdgeMessage message) => (int)((SignalMessage)message).Origin!.Value.Value;

    /// <summary>Holds the first call until the test answers it.</summary>
    private sealed class HeldStream : IAsyncObserver<InboxMessages>
    {
        private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WhenCalled => _called.Task;

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<InboxMessages> Taken { get; } = new();

        public Task OnNextAsync(InboxMessages item, StreamSequenceToken? token = null)
        {
            Taken.Enqueue(item);
            return _called.TrySetResult() ? Answer.Task : Task.CompletedTask;
        }

        public Task OnErrorAsync(Exception ex) => throw new NotSupportedException();
    }
}
