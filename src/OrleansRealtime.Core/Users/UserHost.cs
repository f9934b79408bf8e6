using System.Collections.Immutable;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Users;

/// <summary>One active user: turns the decisions of its machine into effects, in one fixed order: keep, then act, then answer.</summary>
/// <remarks>
/// Not safe for concurrent use: every call, and every continuation of a call, runs in the activation's turn, which the runtime
/// provides as a synchronisation context. Calls may interleave where one of them waits. What nobody waits for, last seen and
/// the status that watchers see, follows by itself and is tried again after <see cref="RetryDelay"/> when it fails.
/// </remarks>
public sealed class UserHost : IUser, IActorHost
{
    /// <summary>How long after a failure last seen and status are tried again: 5 s.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly UserHostServices _services;
    private readonly RecordKeeper _keeper;
    private UserMachine _machine = new(UserRecord.Empty);
    private StatusAnnouncements _announcements;
    private Task _settling = Task.CompletedTask;
    private bool _isSettling;
    private bool _isDown;
    private DateTimeOffset? _retryAt;

    /// <summary>Creates the host of <paramref name="user"/>; nothing may be called before <see cref="ActivateAsync"/> has returned.</summary>
    public UserHost(UserId user, UserHostServices services, IActivation activation)
    {
        User = user;
        _services = services;
        _keeper = new RecordKeeper(user, services.Store, activation);
        _announcements = new StatusAnnouncements(user, services, _machine.Status);
        LastActive = services.Time.GetUtcNow();
    }

    /// <summary>The user.</summary>
    public UserId User { get; }

    /// <inheritdoc/>
    public DateTimeOffset? NextDue => Earlier(_machine.NextDue, _retryAt);

    /// <inheritdoc/>
    public bool IsIdle =>
        !_machine.IsOnline && !_isSettling && _retryAt is null && _keeper.Pending.IsCompleted && IsSettled;

    /// <inheritdoc/>
    public DateTimeOffset LastActive { get; private set; }

    private DateTimeOffset Now => _services.Time.GetUtcNow();

    private bool IsSettled => _machine.UnkeptLastSeen is null && !_announcements.AreBehind(_machine.Status);

    /// <inheritdoc/>
    public async ValueTask ActivateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _keeper.LoadAsync(cancellationToken);
        }
        catch (StorageException failure)
        {
            throw new ActorUnavailableException($"The store failed to load user '{User}'.", failure);
        }

        _machine = new UserMachine(_keeper.Current);
        _announcements = new StatusAnnouncements(User, _services, _machine.Status);
    }

    /// <inheritdoc/>
    public async ValueTask DeactivateAsync(CancellationToken cancellationToken)
    {
        _isDown = true;
        await _settling.WaitAsync(cancellationToken);
        await _keeper.Pending.WaitAsync(cancellationToken);
        if (_machine.LastSeen(Now) is { } seen && seen != _machine.Record.LastSeen)
        {
            await AttemptAsync(
                "last seen was not kept",
                () => KeepAsync(record => record with { LastSeen = Later(seen, record.LastSeen) }, cancellationToken));
        }
    }

    /// <inheritdoc/>
    public async ValueTask TickAsync()
    {
        _machine.Expire(Now);
        Settle();
        await _settling;
    }

    /// <inheritdoc/>
    public void DropEdges(IReadOnlySet<EdgeId> edges)
    {
        if (!_isDown)
        {
            _machine.Drop(edges, Now);
            Settle();
        }
    }

    /// <inheritdoc/>
    public ValueTask<OpenSessionOutcome> OpenSessionAsync(OpenSessionRequest request, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        var decision = _machine.Open(request, _services.NewSession(), Now);
        if (decision.Replaced is { } replaced)
        {
            Close([replaced]);
        }

        Settle();
        return ValueTask.FromResult(decision.Outcome);
    }

    /// <inheritdoc/>
    public ValueTask RenewSessionsAsync(SessionsRenewal renewal, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        Close(_machine.Renew(renewal, Now));
        Settle();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask EndConnectionAsync(EdgeId edge, ConnectionId connection, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        _machine.End(edge, connection, Now);
        Settle();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<RealtimeError?> CheckTokenAsync(DateTimeOffset issuedAt, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        return ValueTask.FromResult(_machine.CheckToken(issuedAt, Now));
    }

    /// <inheritdoc/>
    public ValueTask BanAsync(Ban ban, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ban.Reason.Length, Ban.MaxReasonLength, nameof(ban));
        return ChangeAsync(record => record with { Ban = ban }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask UnbanAsync(CancellationToken cancellationToken) =>
        ChangeAsync(static record => record with { Ban = null }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RevokeTokensAsync(DateTimeOffset issuedBefore, CancellationToken cancellationToken) =>
        ChangeAsync(
            record => record.TokensRevokedBefore > issuedBefore ? record : record with { TokensRevokedBefore = issuedBefore },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> DisconnectAsync(SessionId? session, CloseReason reason, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        var closings = _machine.Disconnect(session, reason, Now);
        Close(closings);
        Settle();
        return ValueTask.FromResult(closings.Length);
    }

    /// <inheritdoc/>
    public ValueTask SetStatusAsync(UserStatusText status, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status.Text.Length, UserStatusText.MaxLength, nameof(status));
        return ChangeAsync(record => record with { Status = status.Text }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<UserDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        var description = _machine.Describe(User, Now);
        Settle();
        return ValueTask.FromResult(description);
    }

    private void Begin(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isDown)
        {
            throw new ActorUnavailableException($"User '{User}' is being taken down; try again.");
        }

        LastActive = Now;
    }

    private async ValueTask ChangeAsync(Func<UserRecord, UserRecord> change, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        await KeepAsync(change, cancellationToken);
        Settle();
    }

    private async ValueTask KeepAsync(Func<UserRecord, UserRecord> change, CancellationToken cancellationToken)
    {
        try
        {
            await _keeper.ChangeAsync(change, cancellationToken);
        }
        finally
        {
            // Also when it failed: on the way it may have been learned that another owner banned the user.
            Close(_machine.Adopt(_keeper.Current, Now));
        }
    }

    private void Close(ImmutableArray<Closing> closings)
    {
        if (closings.IsEmpty)
        {
            return;
        }

        foreach (var group in closings.GroupBy(static closing => (closing.Edge, closing.Reason)))
        {
            _services.Delivery.Send(
                group.Key.Edge,
                new CloseConnectionsMessage(User, [.. group.Select(static closing => closing.Connection)], group.Key.Reason));
        }
    }

    private void Settle()
    {
        if (_isSettling)
        {
            return;
        }

        if (IsSettled)
        {
            _retryAt = null;
        }
        else if (_retryAt is not { } at || at <= Now)
        {
            _settling = SettleAsync();
        }
    }

    // One at a time; what changes meanwhile is picked up by the next round, so that many changes make few publications.
    private async Task SettleAsync()
    {
        _isSettling = true;
        _retryAt = null;
        try
        {
            while (!IsSettled && _retryAt is null)
            {
                await AttemptAsync("last seen was not kept", KeepLastSeenAsync);
                await AttemptAsync("the status was not announced", AnnounceAsync);
            }
        }
        finally
        {
            _isSettling = false;
        }
    }

    private async ValueTask KeepLastSeenAsync()
    {
        if (_machine.UnkeptLastSeen is { } seen)
        {
            await KeepAsync(record => record with { LastSeen = Later(seen, record.LastSeen) }, CancellationToken.None);
        }
    }

    private async ValueTask AnnounceAsync()
    {
        if (_announcements.AreBehind(_machine.Status)
            && await _announcements.AnnounceAsync(_machine.Status, _machine.LastSeen(Now)) is { } refusal)
        {
            throw new ActorUnavailableException($"The status channel of '{User}' refused: {refusal.Detail}");
        }
    }

    private async ValueTask AttemptAsync(string what, Func<ValueTask> attempt)
    {
        try
        {
            await attempt();
        }
        catch (Exception failure)
        {
            // The host is the last who can hear of it: the sessions go on, and it is tried again.
            _retryAt = Now + RetryDelay;
            _services.Report(User, what, failure);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null ? one : one < other ? one : other;
}
