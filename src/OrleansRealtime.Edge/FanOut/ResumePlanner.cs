using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>Where a new subscription starts, and what it may truthfully be told of that. Immutable.</summary>
/// <param name="Refusal">Why nothing can be said now, or null.</param>
/// <param name="After">The cursor: what follows this position is given.</param>
/// <param name="Position">The position that the answer names.</param>
/// <param name="IsRecovered">Whether everything after the position asked for follows.</param>
/// <param name="Missed">How many publications up to <paramref name="Position"/> follow.</param>
/// <param name="Snapshot">What is given before anything after the cursor, or null.</param>
/// <param name="Source">Where what was missed comes from: <c>cache</c>, <c>buffer</c>, <c>log</c>, or <c>lost</c>.</param>
internal sealed record ResumePlan(
    RealtimeError? Refusal,
    Position After,
    Position Position,
    bool IsRecovered,
    long Missed,
    IReadOnlyList<CachedPublication>? Snapshot,
    string Source)
{
    /// <summary>Nothing can be said now.</summary>
    public static ResumePlan Refused(RealtimeError refusal) => new(refusal, default, default, false, 0, null, "lost");

    /// <summary>Contiguous from a cursor to a position.</summary>
    public static ResumePlan Contiguous(Position after, long through, string source) =>
        new(null, after, after with { Sequence = through }, true, through - after.Sequence, null, source);

    /// <summary>What was asked for cannot be given: live from where the channel stands.</summary>
    public static ResumePlan Lost(Position head) => new(null, head, head, false, 0, null, "lost");
}

/// <summary>Finds out where a new subscription starts: in the edge's cache, behind it, or anew because what it wants is gone.</summary>
internal static class ResumePlanner
{
    private const string Cache = "cache";
    private const string Buffer = "buffer";
    private const string Log = "log";
    private const string Lost = "lost";

    /// <summary>Plans a subscription to an attached channel. The plan holds as long as the numbering is that of its cursor.</summary>
    public static async ValueTask<ResumePlan> PlanAsync(
        ChannelAttachment attachment, ChannelGuarantee guarantee, SubscribeCommand command)
    {
        if (command.From is { } from)
        {
            return await PlanResumeAsync(attachment, guarantee, from);
        }

        if (guarantee.Compact)
        {
            return await PlanSnapshotAsync(attachment, isRecovered: true);
        }

        return await PlanLatestAsync(attachment, guarantee, command.Last);
    }

    private static async ValueTask<ResumePlan> PlanResumeAsync(
        ChannelAttachment attachment, ChannelGuarantee guarantee, Position from)
    {
        var head = attachment.Head.Position;
        if (from == head)
        {
            return ResumePlan.Contiguous(from, head.Sequence, Cache);
        }

        if (guarantee.Durability == Durability.None)
        {
            return ResumePlan.Lost(head);
        }

        if (from.Epoch == head.Epoch && from.Sequence < head.Sequence && attachment.Find(from.Sequence + 1) is not null)
        {
            return ResumePlan.Contiguous(from, head.Sequence, Cache);
        }

        // Older than the cache, ahead of what this edge was given so far, or of another epoch: only the channel knows.
        var page = await attachment.ReadForResumeAsync(from);
        if (page.Refusal is not null)
        {
            return ResumePlan.Refused(page.Refusal);
        }

        if (!page.IsLost && page.Position.Epoch == from.Epoch)
        {
            var through = Math.Max(page.Position.Sequence, from.Sequence);
            return ResumePlan.Contiguous(from, through, page.IsFromLog ? Log : Buffer);
        }

        return guarantee.Compact
            ? await PlanSnapshotAsync(attachment, isRecovered: false)
            : ResumePlan.Lost(attachment.Head.Position);
    }

    private static async ValueTask<ResumePlan> PlanSnapshotAsync(ChannelAttachment attachment, bool isRecovered)
    {
        var snapshot = await attachment.ReadSnapshotAsync();
        return snapshot.Refusal is not null
            ? ResumePlan.Refused(snapshot.Refusal)
            : new ResumePlan(
                null,
                snapshot.Position,
                snapshot.Position,
                isRecovered,
                snapshot.Items.Count,
                snapshot.Items,
                isRecovered ? Buffer : Lost);
    }

    private static async ValueTask<ResumePlan> PlanLatestAsync(
        ChannelAttachment attachment, ChannelGuarantee guarantee, int last)
    {
        var head = attachment.Head.Position;
        var wanted = Math.Min(Math.Min(last, head.Sequence), guarantee.ReplayCount);
        if (wanted <= 0)
        {
            return ResumePlan.Contiguous(head, head.Sequence, Cache);
        }

        var after = head with { Sequence = head.Sequence - wanted };
        if (attachment.Find(after.Sequence + 1) is not null)
        {
            return ResumePlan.Contiguous(after, head.Sequence, Cache);
        }

        var outcome = await attachment.ReadAsync(EdgeReads.After(after, limit: 1));
        if (outcome.Refusal is not null)
        {
            return ResumePlan.Refused(outcome.Refusal);
        }

        if (outcome.IsLost)
        {
            var oldest = outcome.Publications is [var first, ..] ? first.Sequence : head.Sequence + 1;
            after = head with { Sequence = Math.Clamp(oldest - 1, after.Sequence, head.Sequence) };
        }

        return ResumePlan.Contiguous(after, head.Sequence, outcome.IsFromLog ? Log : Buffer);
    }
}
