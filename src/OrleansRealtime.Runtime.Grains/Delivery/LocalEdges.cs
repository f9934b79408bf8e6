using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The edges of this silo. Safe for concurrent use.</summary>
internal sealed class LocalEdges(ILogger<LocalEdges> logger) : IEdgeDirectory
{
    private readonly ConcurrentDictionary<EdgeId, IEdgeInbox> _inboxes = new();

    public IDisposable Register(EdgeId edge, IEdgeInbox inbox) =>
        _inboxes.TryAdd(edge, inbox)
            ? new Registration(this, edge)
            : throw new InvalidOperationException($"Edge '{edge}' is registered already.");

    public bool Holds(EdgeId edge) => _inboxes.ContainsKey(edge);

    /// <summary>Hands a message to an edge; false when it is not in this silo.</summary>
    public bool TryDeliver(EdgeId edge, EdgeMessage message)
    {
        if (!_inboxes.TryGetValue(edge, out var inbox))
        {
            return false;
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

        return true;
    }

    private sealed class Registration(LocalEdges edges, EdgeId edge) : IDisposable
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
