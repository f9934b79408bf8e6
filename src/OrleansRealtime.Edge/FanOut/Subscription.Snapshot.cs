namespace OrleansRealtime.Edge.FanOut;

/// <content>What is given from a snapshot: at the start, and in place of what was lost or passed over in a compact channel.</content>
internal sealed partial class Subscription
{
    private IReadOnlyList<CachedPublication>? _backlog;
    private int _backlogIndex;
    private long _backlogAfter;
    private long _snapshotThrough;
    private string? _backlogReason;

    /// <summary>
    /// Whether the cursor waits for the latest of each key, because what follows it is gone or was more than could be kept.
    /// </summary>
    public bool OwesSnapshot { get; private set; }

    /// <summary>Up to where the snapshot must tell.</summary>
    public Position SnapshotThrough => new(_epoch, _snapshotThrough);

    /// <summary>Takes a snapshot that was read for it; false when it is of another numbering.</summary>
    public bool TryTake(ReplaySnapshot snapshot)
    {
        if (snapshot.Position.Epoch != _epoch)
        {
            if (Attachment.Head.Generation == _generation)
            {
                Attachment.Reattach();
            }

            return false;
        }

        // Who keeps the newest has no use for what is retained; the others are given it from where it begins.
        var through = KeepsNewest ? snapshot.Position.Sequence : _snapshotThrough;
        var after = _next - 1;
        var found = snapshot.Between(after, through);
        var isWhole = snapshot.RemovalsKnownAfter <= after;
        _backlogReason = !isWhole ? "lost"
            : Terms.Conflate is not null ? null
            : Terms.SlowReader == SlowReaderPolicy.Latest ? "conflated"
            : LossReason;
        _node.Metrics.Dropped("publication", through - after - found.Count);
        _backlog = found.Count > 0 ? found : null;
        _backlogIndex = 0;
        _backlogAfter = after;
        _next = through + 1;
        _lastGiven = through;
        _lastFlush = _node.Clock.GetTimestamp();
        OwesSnapshot = false;
        AnnounceBacklogGap(found.Count > 0 ? found[0].Sequence : _next);
        return true;
    }

    /// <summary>Goes back to what was given last, and from there to the latest of each key.</summary>
    /// <param name="through">Up to where the snapshot must tell: what is not gone follows.</param>
    private void OweSnapshot(long through)
    {
        if (_latest is { IsEmpty: false })
        {
            _next = _lastGiven + 1;
            _latest.Clear();
        }

        _lossReason = null;
        _snapshotThrough = through;
        OwesSnapshot = true;
        FlushLatestIfDue();
    }

    /// <summary>Whether it is time for the snapshot: who is served at intervals is blocked again when it is.</summary>
    private Progress AskForSnapshot() =>
        UntilDue > TimeSpan.Zero ? Progress.Done
        : Connection.Queue.HasRoom() ? Progress.NeedsSnapshot
        : Progress.NoRoom;

    private bool GiveBacklog()
    {
        while (_backlog is { } backlog)
        {
            if (!Connection.Queue.HasRoom())
            {
                return false;
            }

            var given = backlog[_backlogIndex++];
            _backlog = _backlogIndex < backlog.Count ? backlog : null;
            _backlogAfter = given.Sequence;
            Send(given);
            AnnounceBacklogGap(_backlog is null ? _next : backlog[_backlogIndex].Sequence);
        }

        return true;
    }

    /// <summary>Says what does not come between the one that was given last and <paramref name="next"/>.</summary>
    private void AnnounceBacklogGap(long next)
    {
        if (_backlogReason is { } reason)
        {
            AnnounceGap(_backlogAfter + 1, next - 1, reason);
        }
    }
}
