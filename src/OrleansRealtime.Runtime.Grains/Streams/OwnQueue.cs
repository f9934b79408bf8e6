using Orleans.Streams;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>Gives each silo one queue, its own, that never moves: the messages for an edge are queued where the edge is.</summary>
/// <remarks>What is in the queue is lost only with the edges that it is for.</remarks>
internal sealed class OwnQueue : IStreamQueueMapper, IStreamQueueBalancer
{
    private static readonly QueueId[] Queues = [QueueId.GetQueueId(InboxStreams.Namespace, 0, 0)];

    public IEnumerable<QueueId> GetAllQueues() => Queues;

    public QueueId GetQueueForStream(StreamId streamId) => Queues[0];

    public Task Initialize(IStreamQueueMapper queueMapper) => Task.CompletedTask;

    public Task Shutdown() => Task.CompletedTask;

    public IEnumerable<QueueId> GetMyQueues() => Queues;

    public bool SubscribeToQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;

    public bool UnSubscribeFromQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;
}
