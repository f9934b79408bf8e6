namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>That every channel of a namespace has a grain which listens to it.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Find">The grain of a channel.</param>
internal sealed record ChannelSubscriberGrain(string Namespace, Func<IGrainFactory, ChannelName, IGrain> Find);
