using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>The edges of this process; delivery is a direct call in the sending actor's turn. Safe for concurrent use.</summary>
internal sealed class EmbeddedEdges(ILogger<EmbeddedEdges> logger) : IEdgeDirectory, IDelivery
{
    private readonly ConcurrentDictionary<EdgeId, IEdgeInbox> _inboxes = new();

    public IDisposable Register(EdgeId edge, IEdgeInbox inbox) =>
        _inboxes.TryAdd(edge, inbox)
            ? new Registration(this, edge)
            : throw new InvalidOperationException($"Edge '{edge}' is registered already.");

    public void Send(EdgeId edge, EdgeMessage message)
    {
        if (!_inboxes.TryGetValue(edge, out var inbox))
        {
            return;
        }

        try
        {
            inbox.Receive(message);
        }
        catch (Exception failure)
        {
            // An edge with a bug must not take the actor's turn with it; what it lost, the sequence shows.
            logger.EdgeInboxFailed(edge, failure);
        }
    }

    private sealed class Registration(EmbeddedEdges edges, EdgeId edge) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                edges._inboxes.TryRemove(edge, out _);
            }
        }
    }
}
