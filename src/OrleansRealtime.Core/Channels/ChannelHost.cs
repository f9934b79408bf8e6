using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <summary>One active channel: turns the decisions of its machine into effects, in one fixed order.</summary>
/// <remarks>
/// Not safe for concurrent use: every call, and every continuation of a call, runs in the activation's turn, which the runtime
/// provides as a synchronisation context. Calls may interleave where one of them waits. A call that is cancelled stops waiting;
/// what it asked for may still happen.
/// </remarks>
public sealed partial class ChannelHost : IChannel, IActorHost
{
    private readonly ChannelHostServices _services;
    private readonly IActivation _activation;
    private readonly ForwardClock _clock;
    private readonly ChannelAudience _audience = new();

    // Null while the channel's namespace is not configured.
    private ChannelMachine? _machine;
    private ChannelPolicy? _policy;
    private LogReader? _reader;
    private IChannelLog? _log;
    private Fence _fence;
    private bool _isDraining;
    private bool _hasEnded;

    /// <summary>Creates the host of <paramref name="channel"/>; nothing may be called before <see cref="ActivateAsync"/> has returned.</summary>
    public ChannelHost(ChannelName channel, ChannelHostServices services, IActivation activation)
    {
        Channel = channel;
        _services = services;
        _activation = activation;
        _clock = new ForwardClock(services.Time);
        LastActive = services.Time.GetUtcNow();
    }

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; }

    /// <summary>When <see cref="TickAsync"/> wants to be called next; null when there is nothing to wait for.</summary>
    public DateTimeOffset? NextDue => !_hasEnded && _audience.NextDue is { } due ? _clock.ToWallClock(due) : null;

    /// <summary>
    /// Whether nothing that was promised would be lost if the channel were taken down now: nobody is attached or present, nothing
    /// is in flight, and a channel whose history is only in memory has none left that is within its retention.
    /// </summary>
    public bool IsIdle =>
        _hasEnded || (IsAtRest && _audience.IsEmpty && (_machine is null || _machine.IsForgettable(_policy!, Now())));

    /// <summary>When the channel was last called.</summary>
    public DateTimeOffset LastActive { get; private set; }

    private bool IsAtRest => !_isPumping && _waiting is not { Count: > 0 } && _grantChange.IsCompleted;

    /// <summary>Opens the log, loads the grants, and fills the replay buffer. Called once, first.</summary>
    /// <exception cref="ActorUnavailableException">The store failed; a new host may succeed later.</exception>
    public async ValueTask ActivateAsync(CancellationToken cancellationToken)
    {
        if (!_services.Policies.TryFind(Channel, out var policy))
        {
            return;
        }

        try
        {
            await OpenAsync(policy, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The store failed, its log has a hole, or the application's factory threw: there is nothing to run.
            _services.Report(Channel, "the channel cannot be activated", failure);
            throw new ActorUnavailableException($"'{Channel}' cannot be activated: the server has logged why.", failure);
        }
    }

    /// <summary>
    /// Ends the host's life: refuses new calls, waits until all accepted publications are answered, and tells the attached edges.
    /// Called once, last. The token ends the waiting; publications not yet answered then are refused as unavailable.
    /// </summary>
    public async ValueTask DeactivateAsync(CancellationToken cancellationToken)
    {
        _isDraining = true;
        try
        {
            await Task.WhenAll(_pump, _grantChange).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The runtime has no more time; ending below answers who still waits.
        }

        End();
    }

    /// <summary>Ends flap graces and drops attachments that were not renewed. To be called when <see cref="NextDue"/> has passed.</summary>
    public ValueTask TickAsync()
    {
        if (!_hasEnded)
        {
            var now = Now();
            _audience.DropExpired(now);
            TellPresence([], _audience.Presence.EndGraces(now));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void DropEdges(IReadOnlySet<EdgeId> edges)
    {
        if (!_hasEnded)
        {
            // Who is back through another edge within the flap grace was never gone; all others leave together after it.
            _audience.Drop(edges, Now());
        }
    }

    private async ValueTask OpenAsync(ChannelPolicy policy, CancellationToken cancellationToken)
    {
        var behavior = CreateBehavior();
        ChannelMachine machine;
        if (policy.Durability == Durability.Durable)
        {
            machine = await OpenLogAsync(policy, behavior, cancellationToken);
        }
        else
        {
            machine = new ChannelMachine(
                Channel, new Position(_services.NewEpoch(), 0), oldestLogged: 1, policy.Durability, behavior);
        }

        // After the log: whoever owned it before saves no grant from now on that it would acknowledge.
        (machine.Grants, _grantsFence) = await _services.Grants.OpenAsync(Channel, cancellationToken);
        _policy = policy;
        _machine = machine;
    }

    private async ValueTask<ChannelMachine> OpenLogAsync(
        ChannelPolicy policy, IChannelBehavior? behavior, CancellationToken cancellationToken)
    {
        _log = _services.Log ?? throw new InvalidOperationException(
            $"Namespace '{policy.Namespace}' is durable, but no store is configured: set Realtime:Storage, or another durability.");
        var opened = await _log.OpenAsync(Channel, _services.NewEpoch(), cancellationToken);
        _fence = opened.Fence;
        _log.SetRetention(Channel, policy.Replay, policy.Compact);
        _reader = new LogReader(_log, Channel, opened.Last.Epoch);
        var machine = new ChannelMachine(Channel, opened.Last, opened.Oldest, policy.Durability, behavior);

        var retention = Retention.Of(policy.Replay, policy.Durability);
        if (retention.Count > 0)
        {
            machine.Prime(await _reader.BackwardAsync(
                opened.Oldest, opened.Last.Sequence, retention.Count, retention.Bytes, cancellationToken));
        }

        ImmutableArray<Publication>? latest = policy.Compact
            ? await _log.ReadLatestByKeyAsync(Channel, opened.Last.Epoch, cancellationToken)
            : null;
        machine.EndPriming(latest, policy, Now());
        return machine;
    }

    private IChannelBehavior? CreateBehavior()
    {
        foreach (var factory in _services.Behaviors)
        {
            if (factory.Create(Channel) is { } behavior)
            {
                return behavior;
            }
        }

        return null;
    }

    /// <summary>Begins a command: notes the activity and looks up the policy anew. False when the namespace is not configured.</summary>
    /// <exception cref="ActorUnavailableException">The host is ending, or the policy changed in a way that needs a new one.</exception>
    [MemberNotNullWhen(true, nameof(_machine), nameof(_policy))]
    private bool TryEnter()
    {
        if (_hasEnded || _isDraining)
        {
            throw new ActorUnavailableException($"'{Channel}' is being taken down.");
        }

        LastActive = _services.Time.GetUtcNow();
        if (!_services.Policies.TryFind(Channel, out var policy))
        {
            return false;
        }

        if (!ReferenceEquals(policy, _policy))
        {
            Adopt(policy);
        }

        return _machine is not null && _policy is not null;
    }

    private void Adopt(ChannelPolicy policy)
    {
        var needsNewHost = _policy is null
            || policy.Durability != _policy.Durability
            || (policy.Durability == Durability.Durable && policy.Compact != _policy.Compact);
        if (needsNewHost)
        {
            // What is waiting is still committed under the old policy: the runtime ends this host by DeactivateAsync.
            _isDraining = true;
            _activation.Deactivate("the policy changed");
            throw new ActorUnavailableException($"The policy of '{Channel}' changed; try again.");
        }

        var retentionChanged = policy.Replay != _policy!.Replay;
        _policy = policy;
        if (retentionChanged)
        {
            _log?.SetRetention(Channel, policy.Replay, policy.Compact);
        }
    }

    /// <summary>Stops at once, because going on could break a promise. The next host reads the truth from the store.</summary>
    private void GiveUp(string reason, Exception? failure)
    {
        if (_hasEnded)
        {
            return;
        }

        if (failure is not null)
        {
            _services.Report(Channel, reason, failure);
        }

        End();
        _activation.Deactivate(reason);
    }

    private void End()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        RefuseAllWaiting();
        SendToEdges(new DetachedMessage(Channel));
    }

    private void SendToEdges(ChannelMessage message)
    {
        foreach (var edge in _audience.Edges)
        {
            _services.Delivery.Send(edge, message);
        }
    }

    private DateTimeOffset Now() => _clock.Now();
}
