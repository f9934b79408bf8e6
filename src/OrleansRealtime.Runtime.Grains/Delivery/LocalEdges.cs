using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>The edges of this silo. Safe for concurrent use.</summary>
internal sealed class LocalEdges(ILogger<LocalEdges> logger) : IEdgeDirectory
{
    private readonly ConcurrentDictionary<EdgeId, Registration> _edges = new();

    public IDisposable Register(EdgeId edge, IEdgeInbox inbox)
    {
        var registration = new Registration(this, edge, inbox);
        return _edges.TryAdd(edge, registration)
            ? registration
            : throw new InvalidOperationException($"Edge '{edge}' is registered already.");
    }

    public bool Holds(EdgeId edge) => _edges.ContainsKey(edge);

    /// <summary>Is cancelled when this edge goes; never when it is not here.</summary>
    public CancellationToken WhileHere(EdgeId edge) =>
        _edges.TryGetValue(edge, out var registration) ? registration.WhileHere : CancellationToken.None;

    /// <summary>Hands a message to an edge; false when it is not in this silo.</summary>
    public bool TryDeliver(EdgeId edge, EdgeMessage message)
    {
        if (!_edges.TryGetValue(edge, out var registration))
        {
            return false;
        }

        try
        {
            registration.Inbox.Receive(message);
        }
        catch (Exception failure)
        {
            // An edge with a bug must not take the actor's turn with it; what it lost, the sequence shows.
            logger.EdgeInboxFailed(edge, failure);
        }

        return true;
    }

    private sealed class Registration(LocalEdges edges, EdgeId edge, IEdgeInbox inbox) : IDisposable
    {
        // Not disposed: it owns nothing but memory, and others may still look at its token.
        private readonly CancellationTokenSource _gone = new();

        public IEdgeInbox Inbox => inbox;

        public CancellationToken WhileHere => _gone.Token;

        public void Dispose()
        {
            if (edges._edges.TryRemove(KeyValuePair.Create(edge, this)))
            {
                _gone.Cancel();
            }
        }
    }
}
