using Orleans.Streams;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>Hands the queue of this silo to Orleans' pulling agent. Used by that agent only.</summary>
/// <remarks>What waits when it is shut down stays in the queue: it is lost with the silo, and sequences find that.</remarks>
internal sealed class InboxReceiver(InboxQueue queue) : IQueueAdapterReceiver
{
    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) =>
        GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken) =>
        queue.ReadAsync(maxCount == QueueAdapterConstants.UNLIMITED_GET_QUEUE_MSG ? int.MaxValue : maxCount, cancellationToken);

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;
}
