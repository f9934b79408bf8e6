namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>Does nothing: the call has activated the grain, and a grain subscribes when it is activated.</summary>
internal sealed class SubscriberWake : ISubscriberWake
{
    public ValueTask WakeAsync() => ValueTask.CompletedTask;
}
