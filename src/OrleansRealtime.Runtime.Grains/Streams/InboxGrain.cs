using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Streams;
using Orleans.Streams.Core;
using OrleansRealtime.Runtime.Grains.Delivery;

namespace OrleansRealtime.Runtime.Grains.Streams;

/// <summary>Takes what comes on the inbox stream of an edge, in the silo of that edge, and goes when the edge goes.</summary>
/// <remarks>
/// Subscribed by its type: that an inbox has a reader is stored nowhere, so nothing is left of an edge that is gone. Where the edge
/// is nowhere, it comes up where the message is, drops it, and goes again, so that no queue has to wait for an edge that is dead.
/// </remarks>
[GrainType("realtime.inbox")]
[ImplicitStreamSubscription(InboxStreams.Namespace)]
[EdgeSilo]
[Immovable]
internal sealed class InboxGrain(IGrainContext context, LocalEdges edges, RealtimeMetrics metrics, ILogger<InboxGrain> logger)
    : IGrainBase, IInboxGrain, IStreamSubscriptionObserver, IAsyncObserver<InboxMessages>
{
    private readonly EdgeId _edge = new(context.GrainId.Key.ToString()!);
    private CancellationTokenRegistration _whenGone;

    public IGrainContext GrainContext => context;

    public Task OnActivateAsync(CancellationToken token)
    {
        _whenGone = edges.WhileHere(_edge).UnsafeRegister(static inbox => ((InboxGrain)inbox!).Close(), this);
        return Task.CompletedTask;
    }

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        _whenGone.Unregister();
        return Task.CompletedTask;
    }

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) =>
        handleFactory.Create<InboxMessages>().ResumeAsync(this);

    public Task OnNextAsync(InboxMessages item, StreamSequenceToken? token = null)
    {
        var messages = item.Messages;
        for (var i = 0; i < messages.Length; i++)
        {
            if (!edges.TryDeliver(_edge, messages[i]))
            {
                metrics.MessagesLost(messages.Length - i);
                logger.MessagesLost(_edge, messages.Length - i, null);
                Close();
                break;
            }
        }

        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        // The stream says that it lost something. What that was, the sequences say.
        logger.InboxStreamFailed(_edge, ex);
        return Task.CompletedTask;
    }

    private void Close() =>
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "its edge is gone"));
}
