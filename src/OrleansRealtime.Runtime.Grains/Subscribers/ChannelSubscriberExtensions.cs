using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Core.Subscribers;
using OrleansRealtime.Runtime.Grains.Subscribers;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>Subscribes grains to channels.</summary>
public static class ChannelSubscriberExtensions
{
    /// <summary>
    /// Subscribes this activation to a channel, as a trusted subscriber. To be called in the grain's turn, usually when it is activated, with the
    /// position that was kept with the grain's state: <c>ChannelStart.After(state.Position)</c>.
    /// </summary>
    /// <remarks>
    /// The subscription survives the loss of the channel's host and silo. With the activation it ends: the next one subscribes
    /// again, after the position that it knows. Each batch keeps the activation from being collected as idle.
    /// </remarks>
    /// <param name="grain">The grain.</param>
    /// <param name="channel">The channel. One grain may subscribe to many, and to one more than once.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="subscriber">What to do with it; null for the grain itself.</param>
    /// <exception cref="ArgumentException">No subscriber is given, and the grain is none.</exception>
    /// <exception cref="InvalidOperationException">This silo was built without <c>AddRealtime</c>.</exception>
    public static IChannelSubscription SubscribeToChannel(
        this IGrainBase grain, ChannelName channel, ChannelStart start, IChannelSubscriber? subscriber = null)
    {
        ArgumentNullException.ThrowIfNull(grain);
        var handler = subscriber ?? grain as IChannelSubscriber ?? throw new ArgumentException(
            $"{grain.GetType().Name} does not implement {nameof(IChannelSubscriber)}; pass one that does.", nameof(subscriber));
        return grain.GrainContext.ActivationServices.GetRequiredService<SubscriberEdge>().Subscribe(grain, channel, start, handler);
    }
}
