using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>Which users are present in one channel through this edge, however many connections each has, and what the channel knows of it.</summary>
/// <remarks>
/// Safe for concurrent use. Changes are told to the channel one update at a time, with all that gathered meanwhile; what could
/// not be told stays due and is told with the next renewal or attach.
/// </remarks>
internal sealed class MemberRoster
{
    private readonly ChannelAttachment _attachment;
    private readonly EdgeNode _node;
    private readonly Lock _lock = new();
    private readonly Dictionary<UserId, (Member Member, int Connections)> _present = [];
    private readonly HashSet<UserId> _reported = [];
    private readonly HashSet<UserId> _changed = [];
    private bool _isTelling;

    /// <summary>Creates an empty roster.</summary>
    public MemberRoster(ChannelAttachment attachment, EdgeNode node)
    {
        _attachment = attachment;
        _node = node;
    }

    /// <summary>Whether the channel was told everything.</summary>
    public bool IsTold
    {
        get
        {
            lock (_lock)
            {
                return !_isTelling && _changed.Count == 0;
            }
        }
    }

    /// <summary>One more connection of a user is there.</summary>
    public void Add(Member member)
    {
        lock (_lock)
        {
            var connections = _present.TryGetValue(member.User, out var entry) ? entry.Connections : 0;
            _present[member.User] = (member, connections + 1);
            _changed.Add(member.User);
        }

        Flush();
    }

    /// <summary>One connection of a user is gone.</summary>
    public void Remove(UserId user)
    {
        lock (_lock)
        {
            if (!_present.TryGetValue(user, out var entry))
            {
                return;
            }

            if (entry.Connections > 1)
            {
                _present[user] = (entry.Member, entry.Connections - 1);
                return;
            }

            _present.Remove(user);
            _changed.Add(user);
        }

        Flush();
    }

    /// <summary>Everyone present, for an attach; what changes from here on is told after it.</summary>
    public ImmutableArray<Member> BeginReport()
    {
        lock (_lock)
        {
            _changed.Clear();
            return [.. _present.Values.Select(static entry => entry.Member)];
        }
    }

    /// <summary>The channel knows these members, and none else.</summary>
    public void EndReport(ImmutableArray<Member> members)
    {
        lock (_lock)
        {
            _changed.UnionWith(_reported);
            _reported.Clear();
            _reported.UnionWith(members.Select(static member => member.User));
            _changed.UnionWith(_reported);
        }

        Flush();
    }

    /// <summary>Whether all that the channel was told of are on its list, as far as that goes.</summary>
    public bool AreListedIn(PresenceOutcome outcome)
    {
        lock (_lock)
        {
            return outcome.IsTruncated || _reported.IsSubsetOf(outcome.Members.Select(static member => member.User));
        }
    }

    /// <summary>Tells the channel what it does not know yet, unless that is under way.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_isTelling || _changed.Count == 0 || !_attachment.IsAttached)
            {
                return;
            }

            _isTelling = true;
        }

        _node.Track(TellAsync());
    }

    private async Task TellAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (TakeChanges() is { } update)
        {
            if (!await TryTellAsync(update).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>The next update; null, and done, when the channel knows everything.</summary>
    private MembersUpdate? TakeChanges()
    {
        lock (_lock)
        {
            var joined = ImmutableArray.CreateBuilder<Member>();
            var left = ImmutableArray.CreateBuilder<UserId>();
            foreach (var user in _changed)
            {
                if (_present.TryGetValue(user, out var entry))
                {
                    if (_reported.Add(user))
                    {
                        joined.Add(entry.Member);
                    }
                }
                else if (_reported.Remove(user))
                {
                    left.Add(user);
                }
            }

            _changed.Clear();
            if (joined.Count == 0 && left.Count == 0)
            {
                _isTelling = false;
                return null;
            }

            return new MembersUpdate(_node.Id, joined.ToImmutable(), left.ToImmutable());
        }
    }

    private async ValueTask<bool> TryTellAsync(MembersUpdate update)
    {
        try
        {
            if (await _attachment.Channel.UpdateMembersAsync(update, _node.Stopping).ConfigureAwait(false))
            {
                return true;
            }

            // The channel does not know this edge: the attach tells it all members.
            StopTelling();
            _attachment.Reattach();
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            StopTelling(update);
        }

        return false;
    }

    /// <summary>Gives up for now, with <paramref name="untold"/> due again.</summary>
    private void StopTelling(MembersUpdate? untold = null)
    {
        lock (_lock)
        {
            _isTelling = false;
            if (untold is not null)
            {
                _reported.ExceptWith(untold.Joined.Select(static member => member.User));
                _reported.UnionWith(untold.Left);
                _changed.UnionWith(untold.Joined.Select(static member => member.User));
                _changed.UnionWith(untold.Left);
            }
        }
    }
}
