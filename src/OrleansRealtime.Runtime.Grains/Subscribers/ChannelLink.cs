using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>What the subscribing grains of this silo have of one channel: the attachment that they share. Safe for concurrent use.</summary>
internal sealed class ChannelLink(SubscriberEdge edge, IChannel channel, ChannelName name, ILogger logger)
{
    private static readonly Caller Reader = Caller.Trusted("grains");

    private readonly Lock _lock = new();

    // Guarded by _lock. One read at a time for each position: grains that lack the same ask once.
    private readonly Dictionary<Position, Task<ReadOutcome>> _reads = [];
    private ImmutableArray<GrainSubscription> _subscriptions = [];
    private long _grantsVersion;
    private Position _head;
    private RealtimeError? _refusal;
    private bool _isAttached;
    private bool _isChanging;
    private bool _isRefusalLogged;

    /// <summary>The channel.</summary>
    public ChannelName Name => name;

    /// <summary>Whether nobody needs it, and the channel knows nothing of it.</summary>
    public bool IsUnused
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.IsEmpty && !_isAttached && !_isChanging;
            }
        }
    }

    public void Add(GrainSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions = _subscriptions.Add(subscription);
            if (_isAttached)
            {
                subscription.OnHead(_head);
            }
        }

        Change();
    }

    public void Remove(GrainSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions = _subscriptions.Remove(subscription);
        }

        Change();
    }

    /// <summary>Takes one message of the channel; only queues.</summary>
    public void Receive(ChannelMessage message)
    {
        lock (_lock)
        {
            switch (message)
            {
                case PublicationBatch batch:
                    _head = batch.End;
                    Tell(static (subscription, batch) => subscription.OnBatch(batch), batch);
                    return;
                case SignalMessage or PresenceMessage:
                    Tell(static (subscription, hint) => subscription.OnHint(hint), message);
                    return;
                case GrantsMessage grants:
                    _grantsVersion = grants.Grants.Version;
                    return;
                case DetachedMessage:
                    _isAttached = false;
                    break;
            }
        }

        Change();
    }

    /// <summary>What the channel has to be told in the next renewal; null when it is not attached.</summary>
    public Renewal? ToRenew()
    {
        lock (_lock)
        {
            return _isAttached && !_isChanging ? new Renewal(edge.Id, name, _head, _grantsVersion) : null;
        }
    }

    /// <summary>Takes the answer to a renewal.</summary>
    public void OnRenewed(RenewOutcome outcome)
    {
        lock (_lock)
        {
            if (!outcome.IsAttached)
            {
                _isAttached = false;
            }
            else if (_isAttached)
            {
                _grantsVersion = outcome.Grants?.Version ?? _grantsVersion;
                TakeHead(outcome.Position);
            }
        }

        Change();
    }

    /// <summary>Tries again what failed.</summary>
    public void Retry()
    {
        lock (_lock)
        {
            Tell(static (subscription, _) => subscription.Retry(), 0);
        }

        Change();
    }

    /// <summary>Reads what follows a position, or the oldest. A channel that cannot be reached is a refusal; never throws.</summary>
    public Task<ReadOutcome> ReadAsync(Position? after)
    {
        lock (_lock)
        {
            var key = after ?? default;
            if (!_reads.TryGetValue(key, out var read))
            {
                read = FetchAsync(after, key);
                _reads.Add(key, read);
            }

            return read;
        }
    }

    private async Task<ReadOutcome> FetchAsync(Position? after, Position key)
    {
        // The table is filled under the lock, so the call leaves it first; and it must not run in a grain's turn.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var request = new ReadRequest(Reader, after, ReadRequest.MaxLimit, Reverse: false);
            return await channel.ReadAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // The boundary of background work.
            logger.SubscriberReadFailed(name.Value, failure);
            return ReadOutcome.Refused(new RealtimeError(RealtimeErrorCode.Unavailable, $"'{name}' cannot be read now."));
        }
        finally
        {
            lock (_lock)
            {
                _reads.Remove(key);
            }
        }
    }

    /// <summary>Attaches or detaches when that is what is missing, one at a time.</summary>
    private void Change()
    {
        lock (_lock)
        {
            if (_isChanging || _isAttached == !_subscriptions.IsEmpty)
            {
                return;
            }

            _isChanging = true;
        }

        // Outside the turn that asked, and without what flows with it.
        ThreadPool.UnsafeQueueUserWorkItem(static link => _ = link.ChangeAsync(), this, preferLocal: false);
    }

    private async Task ChangeAsync()
    {
        while (TryFindChange(out var mustAttach))
        {
            try
            {
                if (!mustAttach)
                {
                    await channel.DetachAsync(edge.Id, CancellationToken.None);
                    continue;
                }

                TakeAttached(await channel.AttachAsync(new AttachRequest(edge.Id, 0, []), CancellationToken.None));
            }
            catch (Exception failure)
            {
                // The boundary of background work. A detach is not owed: the channel forgets an edge that does not renew.
                logger.SubscribersNotAttached(name.Value, failure);
                End();
                return;
            }
        }
    }

    /// <summary>Finds what is missing; ends the change when nothing is, or when the channel refused a moment ago.</summary>
    private bool TryFindChange(out bool mustAttach)
    {
        lock (_lock)
        {
            mustAttach = !_isAttached && !_subscriptions.IsEmpty;
            var mustDetach = _isAttached && _subscriptions.IsEmpty;
            _isChanging = (mustAttach && _refusal is null) || mustDetach;
            _refusal = _isChanging ? _refusal : null;
            _isAttached &= !mustDetach;
            return _isChanging;
        }
    }

    private void TakeAttached(AttachOutcome outcome)
    {
        if (outcome.Refusal is { } refusal && !_isRefusalLogged)
        {
            logger.SubscribersRefused(name.Value, refusal.Detail);
        }

        lock (_lock)
        {
            _isRefusalLogged = outcome.Refusal is not null;
            _refusal = outcome.Refusal;
            if (outcome.Refusal is null)
            {
                _isAttached = true;
                _grantsVersion = outcome.Grants.Version;
                TakeHead(outcome.Position);
            }
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _isChanging = false;
        }
    }

    // Called under the lock.
    private void TakeHead(Position head)
    {
        _head = head;
        Tell(static (subscription, head) => subscription.OnHead(head), head);
    }

    // Called under the lock: what subscribers are told has one order.
    private void Tell<T>(Action<GrainSubscription, T> what, T told)
    {
        foreach (var subscription in _subscriptions)
        {
            what(subscription, told);
        }
    }
}
