using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>What a client makes of a channel: the latest of each key, as far as it was told, judged as clients judge it.</summary>
internal sealed class FollowedState(SubscribedAck ack, bool isConflated)
{
    private readonly Dictionary<string, long> _latest = [];
    private readonly SortedSet<string> _gaps = [];
    private long _last = ack.Snapshot && ack.Missed > 0 ? 0 : ack.Position.Sequence - ack.Missed;

    /// <summary>The number of the latest of each key.</summary>
    public IReadOnlyDictionary<string, long> Latest => _latest;

    /// <summary>The reasons of gaps.</summary>
    public IReadOnlyCollection<string> GapReasons => _gaps;

    /// <summary>The last number that was given or announced.</summary>
    public long Last => _last;

    /// <summary>Whether it is what the channel has.</summary>
    public bool Is(ScriptedChannel channel)
    {
        var truth = channel.Latest();
        return truth.All(p => _latest.GetValueOrDefault(p.Key!) == p.Sequence
            || (p.IsTombstone && !_latest.ContainsKey(p.Key!)));
    }

    /// <summary>Takes a frame in: order kept, each once, and what cannot be given announced.</summary>
    public void Take(ServerFrame frame)
    {
        switch (frame)
        {
            case PublicationFrame { Publication: var publication }:
                Assert.True(publication.Sequence > _last, $"{publication.Sequence} came after {_last}.");
                var mayJump = isConflated || (ack.Snapshot && publication.Sequence <= ack.Position.Sequence)
                    || (ack.Snapshot && _last < ack.Position.Sequence);
                Assert.True(mayJump || publication.Sequence == _last + 1, $"{publication.Sequence} came after {_last}, with no gap.");
                _last = publication.Sequence;
                if (publication.Key is { } key)
                {
                    _latest[key] = publication.Sequence;
                }

                break;
            case GapFrame gap:
                Assert.True(gap.From > _last && gap.To >= gap.From, $"A gap from {gap.From} to {gap.To} came after {_last}.");
                _gaps.Add(gap.Reason);
                _last = gap.To;
                break;
        }
    }
}
