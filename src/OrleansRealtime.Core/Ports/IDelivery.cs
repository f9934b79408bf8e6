using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Core.Ports;

/// <summary>The way from an actor to an edge.</summary>
public interface IDelivery
{
    /// <summary>
    /// Sends one message to an edge, in order with what this actor sent it before. At most once: what is lost is found by
    /// sequences and renewals. A message for an edge that is gone is dropped. Never throws, never waits.
    /// </summary>
    void Send(EdgeId edge, EdgeMessage message);
}
