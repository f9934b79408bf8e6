namespace OrleansRealtime.Core.Users;

/// <summary>What a user machine knows of one session.</summary>
internal sealed class Session(SessionId id)
{
    private DateTimeOffset _since;

    public SessionId Id { get; } = id;

    /// <summary>Where it is, or was, connected.</summary>
    public EdgeId Edge { get; private set; }

    /// <summary>The connection, or null within the grace time.</summary>
    public ConnectionId? Connection { get; private set; }

    public DateTimeOffset TokenIssuedAt { get; private set; }

    /// <summary>Whether it is found by its connection; the table's own.</summary>
    public bool IsLinked { get; set; }

    /// <summary>When its edge last said that the connection is there; meaningful while it is connected.</summary>
    public DateTimeOffset HeardAt => _since;

    /// <summary>When the connection counts as lost, or the grace ends, unless something happens before.</summary>
    public DateTimeOffset Deadline => _since + (IsConnected ? UserMachine.ConnectionLease : UserMachine.ResumeGrace);

    public bool IsConnected => Connection is not null;

    public (EdgeId Edge, ConnectionId Connection)? Link => Connection is { } connection ? (Edge, connection) : null;

    public void Connect(EdgeId edge, ConnectionId connection, DateTimeOffset tokenIssuedAt, DateTimeOffset now)
    {
        Edge = edge;
        Connection = connection;
        TokenIssuedAt = tokenIssuedAt;
        _since = now;
    }

    public void StartGrace(DateTimeOffset now)
    {
        Connection = null;
        _since = now;
    }
}
