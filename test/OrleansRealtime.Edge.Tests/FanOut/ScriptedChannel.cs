using System.Collections.Immutable;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Edge.Tests.FanOut;

/// <summary>A channel that does what a test says: loses deliveries, forgets history, changes its epoch, counts what it is asked.</summary>
internal sealed class ScriptedChannel(ChannelName name) : IChannel
{
    private readonly Lock _lock = new();
    private readonly List<Publication> _publications = [];
    private long _oldest = 1;

    public Position Position { get; private set; } = new(new Epoch("e1"), 0);

    public ChannelGrants Grants { get; private set; } = ChannelGrants.None;

    public IEdgeInbox? Inbox { get; set; }

    /// <summary>How many of the latest an attach brings, whatever is asked for.</summary>
    public int RecentAtAttach { get; set; }

    public bool LosesDeliveries { get; set; }

    /// <summary>When what is delivered was taken from its publisher.</summary>
    public DateTimeOffset TakenAt { get; set; }

    public bool ReadsComeFromLog { get; set; }

    public RealtimeError? Refusal { get; set; }

    public int Attaches { get; private set; }

    public int Detaches { get; private set; }

    public int Reads { get; private set; }

    public int SnapshotReads { get; private set; }

    public bool IsAttached { get; private set; }

    public List<PublishRequest> Published { get; } = [];

    public List<MembersUpdate> MemberUpdates { get; } = [];

    public ImmutableArray<Member> MembersAtAttach { get; private set; } = [];

    /// <summary>When set, answers to questions for the list of members; default those of the latest attach.</summary>
    public Func<Task<PresenceOutcome>>? OnPresence { get; set; }

    public int PresenceReads { get; private set; }

    /// <summary>When set, answers to reads wait for it.</summary>
    public TaskCompletionSource? ReadsWaitFor { get; set; }

    /// <summary>When set, answers to publishes, which are decided at once, wait for it.</summary>
    public Task? PublishesWaitFor { get; set; }

    /// <summary>When set, answers to publishes.</summary>
    public Func<PublishRequest, PublishOutcome>? OnPublish { get; set; }

    public ImmutableArray<Publication> Snapshot { get; set; } = [];

    /// <summary>Whether the snapshot is made of what was published.</summary>
    public bool Compacts { get; set; }

    /// <summary>The number after which the channel remembers what was removed.</summary>
    public long RemovalsKnownAfter { get; set; }

    public Publication Publish(string json = "0", string? key = null)
    {
        Publication publication;
        lock (_lock)
        {
            Position = Position with { Sequence = Position.Sequence + 1 };
            publication = new Publication(
                Position.Sequence, DateTimeOffset.UnixEpoch, Sender.FromValue("bob"), null, key, Payload.Json(json));
            _publications.Add(publication);
        }

        if (IsAttached && !LosesDeliveries)
        {
            Inbox!.Receive(new PublicationBatch(name, Position.Epoch, [publication]) { TakenAt = TakenAt });
        }

        return publication;
    }

    public void PublishMany(int count, string json = "0")
    {
        for (var i = 0; i < count; i++)
        {
            Publish(json);
        }
    }

    /// <summary>Forgets everything before <paramref name="oldest"/>.</summary>
    public void Retain(long oldest)
    {
        lock (_lock)
        {
            _oldest = oldest;
        }
    }

    /// <summary>Loses its history and numbers anew, standing at <paramref name="sequence"/>.</summary>
    public void Restart(string epoch, long sequence = 0)
    {
        _publications.Clear();
        _oldest = sequence + 1;
        Position = new Position(new Epoch(epoch), sequence);
        IsAttached = false;
    }

    public void Send(ChannelMessage message) => Inbox!.Receive(message);

    public void ChangeGrants(Func<ChannelGrants, ChannelGrants> change)
    {
        Grants = change(Grants);
        Inbox!.Receive(new GrantsMessage(name, Grants));
    }

    public ValueTask<AttachOutcome> AttachAsync(AttachRequest request, CancellationToken cancellationToken)
    {
        Attaches++;
        if (Refusal is not null)
        {
            return ValueTask.FromResult(AttachOutcome.Refused(Refusal));
        }

        IsAttached = true;
        MembersAtAttach = request.Members;
        var recent = _publications.Where(p => p.Sequence >= _oldest).TakeLast(RecentAtAttach).ToImmutableArray();
        return ValueTask.FromResult(new AttachOutcome(null, Position, recent, Grants));
    }

    public ValueTask DetachAsync(EdgeId edge, CancellationToken cancellationToken)
    {
        Detaches++;
        IsAttached = false;
        return ValueTask.CompletedTask;
    }

    public ValueTask<RenewOutcome> RenewAsync(Renewal renewal, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new RenewOutcome(
            name, IsAttached, Position, renewal.GrantsVersion < Grants.Version ? Grants : null));

    public async ValueTask<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        Published.Add(request);
        var outcome = OnPublish?.Invoke(request) ?? PublishOutcome.Accepted(Position with { Sequence = Published.Count });
        if (PublishesWaitFor is { } wait)
        {
            await wait;
        }

        return outcome;
    }

    public ValueTask<SignalOutcome> SignalAsync(SignalRequest request, CancellationToken cancellationToken)
    {
        Send(new SignalMessage(name, request.Caller.Sender, request.OriginEdge, request.Origin, request.Key, request.Payload));
        return ValueTask.FromResult(SignalOutcome.Accepted);
    }

    public async ValueTask<ReadOutcome> ReadAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        Reads++;
        if (ReadsWaitFor is { } wait)
        {
            await wait.Task;
        }

        lock (_lock)
        {
            var from = request.From ?? new Position(Position.Epoch, _oldest - 1);
            var isLost = from.Epoch != Position.Epoch || from.Sequence > Position.Sequence || from.Sequence + 1 < _oldest;
            var after = isLost ? _oldest - 1 : from.Sequence;
            var all = _publications.Where(p => p.Sequence > after && p.Sequence >= _oldest).ToList();
            var page = all.Take(request.Limit).ToImmutableArray();
            return new ReadOutcome(null, false, page, Position, all.Count > page.Length, isLost) { IsFromLog = ReadsComeFromLog };
        }
    }

    public ValueTask<SnapshotOutcome> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        SnapshotReads++;
        lock (_lock)
        {
            var latest = Compacts ? Latest() : Snapshot;
            return ValueTask.FromResult(new SnapshotOutcome(null, latest.RemoveAll(static p => p.IsTombstone), Position)
            {
                Removed = latest.RemoveAll(p => !p.IsTombstone || p.Sequence <= RemovalsKnownAfter),
                RemovalsKnownAfter = RemovalsKnownAfter,
            });
        }
    }

    /// <summary>The latest publication of each key, tombstones included, ascending.</summary>
    public ImmutableArray<Publication> Latest()
    {
        lock (_lock)
        {
            return [.. _publications.Where(static p => p.Key is not null).GroupBy(static p => p.Key)
                .Select(static g => g.Last()).OrderBy(static p => p.Sequence)];
        }
    }

    public ValueTask<PresenceOutcome> PresenceAsync(Caller caller, CancellationToken cancellationToken)
    {
        PresenceReads++;
        return OnPresence is { } answer
            ? new(answer())
            : new(new PresenceOutcome(null, false, MembersAtAttach, MembersAtAttach.Length, false));
    }

    public ValueTask<bool> UpdateMembersAsync(MembersUpdate update, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            MemberUpdates.Add(update);
        }

        return ValueTask.FromResult(IsAttached);
    }

    public ValueTask<GrantOutcome> ChangeGrantAsync(GrantChange change, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ChannelDescription> DescribeAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
