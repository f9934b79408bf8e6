using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>What an edge has of one channel: its link to the channel, how far it has received it, and its local subscribers.</summary>
/// <remarks>
/// Safe for concurrent use. Deliveries are taken in the channel's turn: they advance the position and the cache under a short
/// lock and leave the walk over the sockets to the shards. What is missing (a hole, a lost batch, a new epoch) is never guessed:
/// it is read from the channel, or the edge attaches again.
/// </remarks>
internal sealed partial class ChannelAttachment
{
    // A reconnect storm mostly asks for the last seconds; more is read on demand.
    private const int RecentAtAttach = 64;

    private readonly EdgeNode _node;
    private readonly IChannel _channel;
    private readonly Lock _lock = new();
    private readonly ReplayCache _cache;
    private readonly ShardGroup?[] _groups;
    private ChannelGrants _grants = ChannelGrants.None;
    private ChannelPolicy? _policy;
    private AttachmentHead _head;
    private TaskCompletionSource<RealtimeError?>? _attaching;
    private Task _detaching = Task.CompletedTask;
    private bool _isAttached;
    private bool _isRemoved;
    private int _holders;
    private long _idleSince;

    /// <summary>Creates the attachment; nothing is asked of the channel yet.</summary>
    public ChannelAttachment(EdgeNode node, ChannelName name)
    {
        _node = node;
        Name = name;
        _channel = node.Channels.Get(name);
        node.Policies.TryFind(name, out _policy);
        _cache = new ReplayCache(node.Options.ReplayCacheBytes);
        _groups = new ShardGroup?[node.Shards.Count];
        Members = new MemberRoster(this, node);
        Roster = new RosterView(this, node);
    }

    /// <summary>The channel.</summary>
    public ChannelName Name { get; }

    /// <summary>Who is present through this edge.</summary>
    public MemberRoster Members { get; }

    /// <summary>What local subscribers believe of who is present.</summary>
    public RosterView Roster { get; }

    /// <summary>The actor of the channel.</summary>
    public IChannel Channel => _channel;

    /// <summary>The grants in force, as far as this edge knows.</summary>
    public ChannelGrants Grants
    {
        get
        {
            lock (_lock)
            {
                return _grants;
            }
        }
    }

    /// <summary>How far the channel was received.</summary>
    public AttachmentHead Head
    {
        get
        {
            lock (_lock)
            {
                return _head;
            }
        }
    }

    /// <summary>Whether the channel keeps the latest publication of each key.</summary>
    public bool IsCompact
    {
        get
        {
            lock (_lock)
            {
                return _policy?.Guarantee.Compact ?? false;
            }
        }
    }

    /// <summary>Whether the channel delivers to this edge, as far as it knows.</summary>
    public bool IsAttached
    {
        get
        {
            lock (_lock)
            {
                return _isAttached;
            }
        }
    }

    /// <summary>Keeps the attachment from being taken down. False when it was removed: look the channel up again.</summary>
    public bool TryHold()
    {
        lock (_lock)
        {
            if (_isRemoved)
            {
                return false;
            }

            _holders++;
            return true;
        }
    }

    /// <summary>Gives back one hold; a while after the last one the edge detaches.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_holders == 0)
            {
                _idleSince = _node.Clock.GetTimestamp();
            }
        }
    }

    /// <summary>The subscribers of one shard.</summary>
    public ShardGroup GroupOn(Shard shard)
    {
        lock (_lock)
        {
            return _groups[shard.Index] ??= new ShardGroup(this, shard, _node);
        }
    }

    /// <summary>Attaches unless it is, once for all that ask. Not null when the channel refused or could not be reached.</summary>
    public Task<RealtimeError?> EnsureAttachedAsync()
    {
        TaskCompletionSource<RealtimeError?> attaching;
        lock (_lock)
        {
            if (_isAttached)
            {
                return Task.FromResult<RealtimeError?>(null);
            }

            if (_attaching is not null)
            {
                return _attaching.Task;
            }

            _attaching = attaching = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _node.Track(AttachAsync(attaching));
        return attaching.Task;
    }

    /// <summary>The link is broken (fenced off, another epoch, unknown to the channel): attach again and resume all local cursors.</summary>
    public void Reattach()
    {
        lock (_lock)
        {
            _isAttached = false;
        }

        AttachIfHeld();
    }

    /// <summary>Attaches when somebody holds it and it is not attached.</summary>
    public void AttachIfHeld()
    {
        lock (_lock)
        {
            if (_holders == 0)
            {
                return;
            }
        }

        _ = EnsureAttachedAsync();
    }

    /// <summary>What the channel has to be told in the next renewal; null when it is not attached.</summary>
    public Renewal? ToRenew()
    {
        lock (_lock)
        {
            return _isAttached ? new Renewal(_node.Id, Name, _head.Position, _grants.Version) : null;
        }
    }

    /// <summary>Takes the answer to <paramref name="asked"/>.</summary>
    public void OnRenewed(Renewal asked, RenewOutcome outcome)
    {
        // Behind what this edge had when it asked: the channel lost what it had numbered, and numbers anew.
        var isContinuous = outcome.IsAttached
            && outcome.Position.Epoch == asked.Position.Epoch
            && outcome.Position.Sequence >= asked.Position.Sequence;
        if (!isContinuous)
        {
            Reattach();
            return;
        }

        if (outcome.Grants is { } grants)
        {
            TakeGrants(grants);
        }

        RepairThrough(outcome.Position);
        Members.Flush();
    }

    /// <summary>
    /// Detaches when nobody has held it for <paramref name="after"/>. True when it is over and can be forgotten.
    /// </summary>
    public bool TryRetire(TimeSpan after)
    {
        lock (_lock)
        {
            if (_holders > 0 || _attaching is not null || _node.Clock.GetElapsedTime(_idleSince) < after)
            {
                return false;
            }

            if (!_isAttached && _detaching.IsCompleted)
            {
                _isRemoved = true;
                return true;
            }

            if (!_isAttached)
            {
                return false;
            }

            _isAttached = false;
            var detached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _detaching = detached.Task;
            _node.Track(DetachAsync(detached));
            return false;
        }
    }

    private async Task AttachAsync(TaskCompletionSource<RealtimeError?> done)
    {
        // A detach that is still under way must not overtake the attach.
        await _detaching.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        Roster.OnAttaching();
        var members = Members.BeginReport();
        AttachOutcome outcome;
        try
        {
            outcome = await _channel.AttachAsync(new AttachRequest(_node.Id, RecentAtAttach, members), _node.Stopping)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            outcome = AttachOutcome.Refused(Refusals.Unreachable(Name));
        }
        catch (Exception exception)
        {
            _node.Log.ChannelFailed(Name.Value, exception);
            outcome = AttachOutcome.Refused(Refusals.Unreachable(Name));
        }

        if (outcome.Refusal is null)
        {
            Roster.OnAttached();
        }

        lock (_lock)
        {
            _attaching = null;
            if (outcome.Refusal is null)
            {
                _isAttached = true;
                AdvanceToLocked(outcome);
            }
        }

        if (outcome.Refusal is null)
        {
            Members.EndReport(members);
            TakeGrants(outcome.Grants);
            RepairThrough(outcome.Position);
            Walk();
        }

        done.SetResult(outcome.Refusal);
    }

    /// <summary>Takes over where the channel stands; what local cursors lack in between is read by the repair that follows.</summary>
    private void AdvanceToLocked(AttachOutcome outcome)
    {
        var isContinuous = outcome.Position.Epoch == _head.Position.Epoch
            && outcome.Position.Sequence >= _head.Position.Sequence;
        if (!isContinuous)
        {
            _cache.Clear();
            _head = new AttachmentHead(_head.Generation + 1, outcome.Position, outcome.Position.Sequence);
            foreach (var publication in outcome.Recent)
            {
                _cache.Add(new CachedPublication(Name, publication));
            }
        }
        else if (outcome.Recent is [var first, ..] && first.Sequence <= _head.Position.Sequence + 1)
        {
            AppendLocked(outcome.Recent);
        }

        TakeAheadLocked();
    }

    private async Task DetachAsync(TaskCompletionSource detached)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await _channel.DetachAsync(_node.Id, _node.Stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            // The channel forgets an edge that does not renew, so nothing is owed here.
            _node.Log.DetachFailed(Name.Value, exception.Message);
        }
        finally
        {
            detached.SetResult();
        }
    }

    /// <summary>Has the rights of all local subscribers checked again when the policy was reloaded since the last look.</summary>
    public void CheckPolicy()
    {
        _node.Policies.TryFind(Name, out var policy);
        lock (_lock)
        {
            if (ReferenceEquals(policy, _policy) || (policy?.Equals(_policy) ?? false))
            {
                return;
            }

            _policy = policy;
        }

        CheckAccess();
    }

    private void TakeGrants(ChannelGrants grants)
    {
        lock (_lock)
        {
            if (grants.Version <= _grants.Version)
            {
                return;
            }

            _grants = grants;
        }

        CheckAccess();
    }

    private void CheckAccess()
    {
        foreach (var group in _groups)
        {
            group?.CheckAccess();
        }
    }

    /// <summary>Has every shard with subscribers look at what is new.</summary>
    private void Walk()
    {
        foreach (var group in _groups)
        {
            group?.Schedule();
        }
    }
}
