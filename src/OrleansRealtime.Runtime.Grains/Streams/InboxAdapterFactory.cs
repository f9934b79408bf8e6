using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>What Orleans' persistent streams need of the inboxes.</summary>
internal sealed class InboxAdapterFactory(InboxAdapter adapter, ILoggerFactory loggers) : IQueueAdapterFactory
{
    /// <summary>
    /// How many batches are read and not yet handed over at most. With a route's 256 KiB a batch that is 64 MiB.
    /// </summary>
    private const int CacheSize = 256;

    private readonly IQueueAdapterCache _cache =
        new SimpleQueueAdapterCache(new SimpleQueueCacheOptions { CacheSize = CacheSize }, adapter.Name, loggers);

    private readonly OwnQueue _queue = new();

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(adapter);

    public Task<IQueueAdapter> CreateAdapter(CancellationToken cancellationToken) => CreateAdapter();

    public IQueueAdapterCache GetQueueAdapterCache() => _cache;

    public IStreamQueueMapper GetStreamQueueMapper() => _queue;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
}
