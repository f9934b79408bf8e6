namespace OrleansRealtime.Runtime.Grains;

/// <summary>A grain's interest in one channel. It ends with the activation, or when it is disposed, in the grain's turn.</summary>
public interface IChannelSubscription : IDisposable
{
    /// <summary>The channel.</summary>
    ChannelName Channel { get; }

    /// <summary>
    /// Up to where everything was handled; null while it is not known where the subscription begins. An activation that
    /// begins after it is given nothing twice and misses nothing.
    /// </summary>
    Position? Position { get; }

    /// <summary>
    /// Completes when the channel knows of the subscription: every later publication will come. Until then, and
    /// whenever the channel is lost, the silo goes on trying.
    /// </summary>
    Task WhenLiveAsync(CancellationToken cancellationToken);
}
