using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Edge.Connections;

/// <summary>The connections of a node, by id and by user. Safe for concurrent use.</summary>
internal sealed class ConnectionTable
{
    private readonly EdgeNode _node;
    private readonly ConcurrentDictionary<ConnectionId, Connection> _byId = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<UserId, Held> _byUser = [];
    private TaskCompletionSource? _empty;

    /// <summary>Creates an empty table.</summary>
    public ConnectionTable(EdgeNode node) => _node = node;

    /// <summary>How many there are.</summary>
    public int Count => _byId.Count;

    /// <summary>How many users have one.</summary>
    public int UserCount
    {
        get
        {
            lock (_lock)
            {
                return _byUser.Count;
            }
        }
    }

    /// <summary>All of them; what comes or goes meanwhile may be missing or there.</summary>
    public IEnumerable<Connection> All => _byId.Select(static pair => pair.Value);

    /// <summary>The connection of an id, or null.</summary>
    public Connection? Find(ConnectionId id) => _byId.GetValueOrDefault(id);

    /// <summary>Completes when there is none.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_lock)
        {
            return _byId.IsEmpty
                ? Task.CompletedTask
                : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Adds a connection.</summary>
    public void Add(Connection connection) => _byId[connection.Id] = connection;

    /// <summary>The user of a connection is known.</summary>
    public void AddUser(Connection connection)
    {
        lock (_lock)
        {
            var user = connection.Identity!.User;
            if (!_byUser.TryGetValue(user, out var held))
            {
                _byUser.Add(user, held = new Held(_node.JitteredRenewal()));
            }

            held.Add(connection);
        }
    }

    /// <summary>Removes a connection.</summary>
    public void Remove(Connection connection)
    {
        _byId.TryRemove(connection.Id, out _);
        lock (_lock)
        {
            if (_byId.IsEmpty)
            {
                _empty?.SetResult();
                _empty = null;
            }

            if (connection.Identity is { } identity
                && _byUser.TryGetValue(identity.User, out var held)
                && held.Remove(connection)
                && held.Count == 0)
            {
                _byUser.Remove(identity.User);
            }
        }
    }

    /// <summary>Tells the actors of users whose sessions are due which connections are held here.</summary>
    public void RenewSessions()
    {
        List<(UserId, SessionsRenewal)>? due = null;
        lock (_lock)
        {
            var now = _node.Clock.GetTimestamp();
            foreach (var (user, held) in _byUser)
            {
                if (held.RenewAt <= now)
                {
                    held.RenewAt = _node.JitteredRenewal();
                    (due ??= []).Add((user, new SessionsRenewal(_node.Id, held.Describe())));
                }
            }
        }

        if (due is not null)
        {
            _node.Track(RenewAllAsync(due));
        }
    }

    private static HeldConnection Describe(Connection connection) =>
        new(connection.Id, connection.Session, connection.Identity!.IssuedAt);

    /// <summary>Renews one after the other, without waiting for any: an actor in this process has answered by then.</summary>
    private async Task RenewAllAsync(List<(UserId User, SessionsRenewal Renewal)> due)
    {
        // Not on the sweep's time: the turns of actors here run on the thread that calls them.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        foreach (var (user, renewal) in due)
        {
            _node.Track(RenewAsync(user, renewal));
        }
    }

    private async Task RenewAsync(UserId user, SessionsRenewal renewal)
    {
        try
        {
            await _node.Users.Get(user).RenewSessionsAsync(renewal, _node.Stopping);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            _node.Log.SessionsNotRenewed(user.Value, exception.Message);
        }
    }

    /// <summary>The connections of one user. Nearly every user has one, which is kept without a list.</summary>
    private sealed class Held(long renewAt)
    {
        private Connection? _first;
        private List<Connection>? _others;

        public int Count => (_first is null ? 0 : 1) + (_others?.Count ?? 0);

        public long RenewAt { get; set; } = renewAt;

        public void Add(Connection connection)
        {
            if (_first is null)
            {
                _first = connection;
            }
            else
            {
                (_others ??= []).Add(connection);
            }
        }

        public bool Remove(Connection connection)
        {
            if (_first != connection)
            {
                return _others?.Remove(connection) ?? false;
            }

            _first = null;
            return true;
        }

        public ImmutableArray<HeldConnection> Describe() =>
            _others is not { Count: > 0 }
                ? _first is null ? [] : [ConnectionTable.Describe(_first)]
                : [.. (_first is null ? _others : _others.Prepend(_first)).Select(ConnectionTable.Describe)];
    }
}
