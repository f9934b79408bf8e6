namespace OrleansRealtime.Core.Users;

/// <summary>What a user machine knows of one session.</summary>
internal sealed class Session(SessionId id)
{
    public SessionId Id { get; } = id;

    /// <summary>Where it is, or was, connected.</summary>
    public EdgeId Edge { get; private set; }

    /// <summary>The connection, or null within the grace time.</summary>
    public ConnectionId? Connection { get; private set; }

    public DateTimeOffset TokenIssuedAt { get; private set; }

    /// <summary>When its edge last said that the connection is there.</summary>
    public DateTimeOffset HeardAt { get; private set; }

    /// <summary>When the connection counts as lost, or the grace ends, unless something happens before.</summary>
    public DateTimeOffset Deadline { get; private set; }

    public bool IsConnected => Connection is not null;

    public (EdgeId Edge, ConnectionId Connection)? Link => Connection is { } connection ? (Edge, connection) : null;

    public void Connect(EdgeId edge, ConnectionId connection, DateTimeOffset tokenIssuedAt, DateTimeOffset now)
    {
        Edge = edge;
        Connection = connection;
        TokenIssuedAt = tokenIssuedAt;
        HeardAt = now;
        Deadline = now + UserMachine.ConnectionLease;
    }

    public void StartGrace(DateTimeOffset now)
    {
        Connection = null;
        Deadline = now + UserMachine.ResumeGrace;
    }
}
