using System.Collections.Immutable;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;

namespace OrleansRealtime.Core.Tests.Simulation;

/// <content>What has a key: the snapshot of a compact channel. And signals, which have no number.</content>
internal sealed partial class Simulation
{
    private const int Keys = 4;

    private readonly HashSet<string> _signals = [];
    private int _snapshots;
    private int _signalsSeen;

    /// <summary>A signal that an edge was given must have been sent, and is no publication.</summary>
    public void CheckSignal(SimulatedEdge edge, string payload)
    {
        _signalsSeen++;
        if (!_signals.Contains(payload))
        {
            Fail($"{edge.Id} was given the signal {payload}, which nobody sent");
        }
    }

    private PublishRequest RequestOf(string messageId)
    {
        var (sender, key, isTombstone) = _unanswered[messageId];
        var payload = isTombstone ? Payload.Json("null") : Payload.Json($"\"{messageId}\"");
        return new PublishRequest(Caller.OfUser(UserId.Parse(sender.Value)), payload, messageId, key);
    }

    private string Signal()
    {
        var payload = $"\"s{_signals.Count + 1}\"";
        _signals.Add(payload);
        Call(
            host => host.SignalAsync(
                new SignalRequest(Caller.OfUser(UserId.Parse("user-0")), Payload.Json(payload), "typing"), CancellationToken.None),
            static _ => { },
            static _ => { });
        return payload;
    }

    /// <summary>Asks some owner, an old one now and then: what it says of where it stands must be true.</summary>
    private string ReadSnapshot()
    {
        var actor = _random.Next(4) == 0 && _actors.Count > 0 ? Pick(_actors) : Current();
        (actor.IsOver ? Current() : actor).Call(
            static host => host.ReadSnapshotAsync(CancellationToken.None),
            outcome =>
            {
                if (outcome.Refusal is null && IsDurable)
                {
                    CheckSnapshot(outcome, [.. _truth.History(Channel)]);
                }
            },
            static _ => { });
        return $"of {actor.Number}";
    }

    /// <summary>
    /// Whoever takes the snapshot and then all that follows its position has the latest of each key. An owner that was replaced
    /// while it came to life may have read what its successor appended, so the snapshot itself may be ahead of its position.
    /// </summary>
    private void CheckSnapshot(SnapshotOutcome outcome, ImmutableArray<Publication> history)
    {
        _snapshots++;
        if (outcome.Publications.Any(static item => item.Key is null || item.IsTombstone))
        {
            Fail($"the snapshot at {outcome.Position} has what is no latest of a key");
        }

        var after = history.SkipWhile(item => item.Sequence <= outcome.Position.Sequence);
        var found = Latest(_policy.Compact ? [.. outcome.Publications, .. after] : outcome.Publications);
        var expected = _policy.Compact ? Latest(history) : [];
        if (!found.SequenceEqual(expected))
        {
            Fail($"the snapshot at {outcome.Position} leads to {string.Join(", ", found)} instead of {string.Join(", ", expected)}");
        }
    }

    private static long[] Latest(IEnumerable<Publication> publications)
    {
        var latest = new Dictionary<string, Publication>();
        foreach (var publication in publications.Where(static item => item.Key is not null))
        {
            latest[publication.Key!] = publication;
        }

        return [.. latest.Values.Where(static item => !item.IsTombstone).Select(static item => item.Sequence).Order()];
    }

    /// <summary>Settled, the snapshot is the latest of each key of all that the channel has.</summary>
    private void CheckSettledSnapshot(SimulatedActor actor)
    {
        var all = new List<Publication>();
        ReadOutcome page;
        do
        {
            Position? from = all.Count == 0 ? null : new Position(_edges[0].Seen.Epoch, all[^1].Sequence);
            var request = new ReadRequest(Caller.Trusted("test"), from, ReadRequest.MaxLimit, Reverse: false);
            page = Complete(actor, host => host.ReadAsync(request, CancellationToken.None));
            all.AddRange(page.Publications);
        }
        while (page.More);

        if (all.Count != page.Position.Sequence)
        {
            Fail($"{all.Count} of {page.Position.Sequence} publications can be read");
        }

        var snapshot = Complete(actor, static host => host.ReadSnapshotAsync(CancellationToken.None));
        if (snapshot.Position != page.Position)
        {
            Fail($"the snapshot is of {snapshot.Position}, but the channel stands at {page.Position}");
        }

        CheckSnapshot(snapshot, [.. all]);
    }

    private T Complete<T>(SimulatedActor actor, Func<ChannelHost, ValueTask<T>> call)
    {
        var answer = default(T);
        var isAnswered = false;
        actor.Call(
            call,
            result =>
            {
                answer = result;
                isAnswered = true;
            },
            _ => Fail("a settled channel did not answer"));
        RunUntilQuiet();
        return isAnswered ? answer! : throw Failure("a settled channel did not answer", null);
    }
}
