using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using OrleansRealtime.Runtime.Grains.Streams;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Adds the stream provider that waits for messages, and what brings inboxes to their edges whatever provider carries them.</summary>
internal static class InboxStreamsExtensions
{
    // Only waited for while an inbox is new to its queue; else the receiver waits for messages.
    private static readonly TimeSpan PumpInterval = TimeSpan.FromMilliseconds(5);

    // What is older than a renewal was found by it.
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromSeconds(10);

    // An inbox that nobody wrote to for so long is forgotten by the queue; it is taken up again with its next message.
    private static readonly TimeSpan Inactivity = TimeSpan.FromMinutes(1);

    // How many of the queue's batches are handed over in one call.
    private const int BatchesAtOnce = 32;

    public static void AddInboxStreams(this ISiloBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<InboxQueue>();
        services.AddPlacementDirector<EdgeSilo, EdgeSiloDirector>();
        services.AddSingleton<IConfigurationValidator, StreamProviderValidator>();
        builder.AddPersistentStreams(RealtimeSiloOptions.OwnStreamProvider, CreateFactory, static streams =>
        {
            // Whom a stream is for is known by its name, so who subscribed is stored nowhere.
            streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
            streams.ConfigurePartitionBalancing(static (_, _) => new OwnQueue());
            streams.ConfigurePullingAgent(static agent => agent.Configure(static options =>
            {
                options.GetQueueMsgsTimerPeriod = PumpInterval;
                options.BatchContainerBatchSize = BatchesAtOnce;
                options.MaxEventDeliveryTime = LongestDelivery;
                options.StreamInactivityPeriod = Inactivity;
            }));
        });
    }

    private static IQueueAdapterFactory CreateFactory(IServiceProvider services, string name) =>
        ActivatorUtilities.CreateInstance<InboxAdapterFactory>(services, ActivatorUtilities.CreateInstance<InboxAdapter>(services, name));
}
