using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Presence;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>What this edge's subscribers believe of who is present in a channel, and how that is mended when the channel's host was lost.</summary>
/// <remarks>
/// Safe for concurrent use. A new host knows nobody and learns its members from the edges that attach again. Until all have had
/// the time to, the view is unsettled: joins of users that subscribers believe present are kept from them. Then the list is read,
/// and the difference announced. Without local subscribers that hear of presence it holds nothing.
/// </remarks>
internal sealed class RosterView
{
    // Others find out by their renewal, which is jittered by a fifth, and may need one attempt more to attach.
    private const double RenewIntervalsUntilSettled = 1.5;

    private readonly ChannelAttachment _attachment;
    private readonly EdgeNode _node;
    private readonly Lock _lock = new();
    private readonly Dictionary<UserId, Member> _told = [];

    // Who came or went while a list is being read: what was heard of them is newer than the list, or agrees with it.
    private readonly HashSet<UserId> _changed = [];
    private int _listeners;
    private int _losses;
    private int _readNumber;
    private RosterPhase _phase;
    private bool _isReading;
    private long? _readAt;

    /// <summary>Creates a view that nobody listens to.</summary>
    public RosterView(ChannelAttachment attachment, EdgeNode node)
    {
        _attachment = attachment;
        _node = node;
    }

    /// <summary>
    /// How often the channel's host was lost. Who has begun to listen, or has asked for the list, since the latest of these hears
    /// all joins: what it believes comes from the new host.
    /// </summary>
    public int Losses
    {
        get
        {
            lock (_lock)
            {
                return _losses;
            }
        }
    }

    /// <summary>How far what subscribers believe can be relied on.</summary>
    public RosterPhase Phase
    {
        get
        {
            lock (_lock)
            {
                return _phase;
            }
        }
    }

    /// <summary>Whether a list is on its way.</summary>
    public bool IsReading
    {
        get
        {
            lock (_lock)
            {
                return _isReading;
            }
        }
    }

    /// <summary>One more local subscriber hears of presence. Returns <see cref="Losses"/>.</summary>
    public int Listen()
    {
        lock (_lock)
        {
            if (_listeners++ == 0)
            {
                // Subscribers learn by the list who was there before; so does the edge, to know later who is not any more.
                _phase = RosterPhase.Learning;
                _readAt = _node.Clock.GetTimestamp();
            }

            return _losses;
        }
    }

    /// <summary>One local subscriber less.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_listeners == 0)
            {
                ForgetLocked();
            }
        }
    }

    /// <summary>The edge is about to attach again: what the channel tells from here on may come from a new host.</summary>
    public void OnAttaching()
    {
        lock (_lock)
        {
            if (_phase == RosterPhase.Deaf)
            {
                return;
            }

            if (_phase != RosterPhase.Unsettled)
            {
                _phase = RosterPhase.Unsettled;
                _losses++;
            }

            DiscardReadLocked();
            _readAt = null;
        }
    }

    /// <summary>The edge is attached.</summary>
    public void OnAttached()
    {
        lock (_lock)
        {
            if (_phase == RosterPhase.Unsettled)
            {
                _readAt = After(_node.Options.RenewInterval * RenewIntervalsUntilSettled);
            }
        }
    }

    /// <summary>Passes on who came and went.</summary>
    public void Receive(PresenceMessage message)
    {
        lock (_lock)
        {
            if (_phase == RosterPhase.Deaf)
            {
                return;
            }

            var joined = ImmutableArray.CreateBuilder<Member>();
            var repeated = ImmutableArray.CreateBuilder<Member>();
            foreach (var member in message.Joined)
            {
                (_phase == RosterPhase.Unsettled && _told.ContainsKey(member.User) ? repeated : joined).Add(member);
                NoteLocked(member);
            }

            foreach (var member in message.Left)
            {
                _told.Remove(member.User);
            }

            if (_isReading)
            {
                _changed.UnionWith(message.Joined.Select(static member => member.User));
                _changed.UnionWith(message.Left.Select(static member => member.User));
            }

            AnnounceLocked(joined.DrainToImmutable(), message.Left, repeated.DrainToImmutable());
        }
    }

    /// <summary>Reads the list if it is time to.</summary>
    public void Sweep()
    {
        int number;
        lock (_lock)
        {
            if (_isReading || _readAt is not { } readAt || readAt > _node.Clock.GetTimestamp())
            {
                return;
            }

            if (!_node.Policies.TryFind(_attachment.Name, out var policy) || policy.Presence != PresencePolicy.Members)
            {
                // There is no list, so nobody can be missed on it. A policy that lists again makes subscribers ask again.
                _readAt = null;
                _phase = RosterPhase.Settled;
                _told.Clear();
                return;
            }

            _readAt = null;
            _isReading = true;
            _changed.Clear();
            number = ++_readNumber;
        }

        _node.Track(ReadAsync(number));
    }

    private async Task ReadAsync(int number)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        PresenceOutcome? outcome = null;
        try
        {
            outcome = await _attachment.Channel.PresenceAsync(EdgeReads.Caller, _node.Stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            // Read again, as after a refusal.
        }
        finally
        {
            EndRead(number, outcome);
        }
    }

    private void EndRead(int number, PresenceOutcome? outcome)
    {
        // A list without our own members is of a host that does not know this edge: the renewal finds out, and attaches again.
        var isOurs = outcome is { Refusal: null } && _attachment.Members.AreListedIn(outcome);
        lock (_lock)
        {
            if (number != _readNumber)
            {
                return;
            }

            _isReading = false;
            if (isOurs)
            {
                SettleLocked(outcome!);
            }
            else
            {
                _readAt = After(_node.Options.RenewInterval / 2);
            }
        }
    }

    private void SettleLocked(PresenceOutcome outcome)
    {
        var diff = PresenceDiff.Between(_told, outcome.Members, outcome.IsTruncated, _changed);
        foreach (var member in diff.Joined)
        {
            NoteLocked(member);
        }

        foreach (var member in diff.Left)
        {
            _told.Remove(member.User);
        }

        // The first list is what subscribers ask for themselves.
        if (_phase == RosterPhase.Unsettled)
        {
            AnnounceLocked(diff.Joined, diff.Left, []);
        }

        _phase = RosterPhase.Settled;
    }

    /// <summary>Within the lock, which keeps the order; it only queues.</summary>
    private void AnnounceLocked(ImmutableArray<Member> joined, ImmutableArray<Member> left, ImmutableArray<Member> repeated)
    {
        if (joined.Length + left.Length + repeated.Length > 0)
        {
            _attachment.Broadcast(new PresenceEvent(_attachment.Name, joined, left, repeated, _losses));
        }
    }

    private void NoteLocked(Member member)
    {
        // A subscriber's own list ends there too, so who is beyond it is not missed.
        if (_told.Count < ChannelPolicy.MaxListedMembers || _told.ContainsKey(member.User))
        {
            _told[member.User] = member;
        }
    }

    private void ForgetLocked()
    {
        _told.Clear();
        _phase = RosterPhase.Deaf;
        _readAt = null;
        DiscardReadLocked();
    }

    /// <summary>What is being read is of the host before.</summary>
    private void DiscardReadLocked()
    {
        _readNumber++;
        _isReading = false;
        _changed.Clear();
    }

    private long After(TimeSpan delay) =>
        _node.Clock.GetTimestamp() + (long)(delay.TotalSeconds * _node.Clock.TimestampFrequency);
}
