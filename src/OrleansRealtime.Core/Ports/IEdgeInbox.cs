using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Core.Ports;

/// <summary>Where an edge takes in what actors send it.</summary>
public interface IEdgeInbox
{
    /// <summary>
    /// Takes one message. Called in the turn of the sending actor, so it only queues: it neither waits, nor throws, nor calls an
    /// actor. Messages of one channel arrive in order unless the way there loses some, which sequences and renewals find.
    /// </summary>
    void Receive(EdgeMessage message);
}
