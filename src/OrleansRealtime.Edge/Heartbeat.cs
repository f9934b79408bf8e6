using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge;

/// <summary>One timer over everything that lives in time: pings, silence, authentication, expiry, renewals, and what waits.</summary>
internal sealed class Heartbeat : IDisposable
{
    // What the finest of the timeouts (1 s) asks for.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // How long a closed connection may take to let its close frame out before it is cut off.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly EdgeNode _node;
    private ITimer? _timer;

    /// <summary>Creates the heartbeat of a node; it does not beat yet.</summary>
    public Heartbeat(EdgeNode node) => _node = node;

    /// <summary>Begins to sweep once a second.</summary>
    public void Start() => _timer = _node.Clock.CreateTimer(static heartbeat => ((Heartbeat)heartbeat!).OnTick(), this, Interval, Interval);

    /// <summary>Looks once at all connections and channels.</summary>
    public void Sweep()
    {
        var now = _node.Clock.GetUtcNow();
        foreach (var connection in _node.Connections.All)
        {
            Sweep(connection, now);
        }

        _node.Attachments.Sweep();
        _node.Connections.RenewSessions();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void OnTick()
    {
        try
        {
            Sweep();
        }
        catch (Exception exception)
        {
            // A background loop's boundary: one faulty sweep must not end all later ones.
            _node.Log.BackgroundFailed(exception);
        }
    }

    private void Sweep(Connection connection, DateTimeOffset now)
    {
        if (connection.IsClosed)
        {
            if (Since(connection.ClosedAt) >= ClosePatience)
            {
                connection.Transport.Abort();
            }

            return;
        }

        if (!connection.IsOpen && Since(connection.OpenedAt) >= _node.Options.AuthTimeout)
        {
            connection.Close(CloseReason.Unauthenticated);
            return;
        }

        if (IsSilent(connection))
        {
            connection.Close(CloseReason.Silent);
            return;
        }

        CheckExpiry(connection, now);
        if (Since(Math.Max(connection.LastPing, connection.OpenedAt)) >= _node.Options.HeartbeatInterval)
        {
            connection.LastPing = _node.Clock.GetTimestamp();
            connection.Send(connection.Format.EncodePing());
        }

        if (connection.Subscriptions.IsWaiting)
        {
            connection.Shard.Post(connection.Subscriptions.OnDrained);
        }
    }

    /// <summary>
    /// Nothing was heard for two intervals. A peer that is still being written to cannot have seen the ping yet, so it is given
    /// twice as long; a carrier on which nothing ever comes back is judged by its writes only.
    /// </summary>
    private bool IsSilent(Connection connection)
    {
        var isWriting = connection.Queue.IsWriting;
        if (connection.Transport.Kind != TransportKind.WebSocket && !isWriting)
        {
            connection.OnHeard();
        }

        return Since(connection.LastHeard) >= _node.Options.HeartbeatInterval * (isWriting ? 4 : 2);
    }

    private void CheckExpiry(Connection connection, DateTimeOffset now)
    {
        if (connection.Identity?.ExpiresAt is not { } expires)
        {
            return;
        }

        if (now >= expires + _node.AuthenticationOptions.ClockSkew)
        {
            connection.Close(CloseReason.TokenExpired);
        }
        else if (now >= expires - _node.Options.ExpiryWarning && !connection.IsWarnedOfExpiry && connection.IsOpen)
        {
            connection.IsWarnedOfExpiry = true;
            connection.Send(new Protocol.ExpiringFrame(expires));
        }
    }

    private TimeSpan Since(long timestamp) => _node.Clock.GetElapsedTime(timestamp);
}
