namespace OrleansRealtime.Core.Channels;

/// <summary>Which message ids a channel has seen lately, and where: a retried publish is found here.</summary>
/// <remarks>
/// Bounded by count and age. An id is remembered at least as long as the replay buffer keeps its publication, so a client that
/// can still see its own publication cannot publish it twice; and at least 10 minutes or 4096 ids, whichever ends first, which
/// covers the retries of a reconnecting client where little or no history is kept. A durable channel's store remembers longer.
/// </remarks>
internal sealed class MessageIndex
{
    /// <summary>How many ids are remembered at least: 4096, some 600 KiB at the greatest length of ids.</summary>
    public const int MinCount = 4096;

    /// <summary>How long an id is remembered at least: 10 min.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromMinutes(10);

    // Null until the first id: most channels never see one.
    private Dictionary<(Sender Sender, string MessageId), Position>? _positions;
    private Queue<(Sender Sender, string MessageId, DateTimeOffset Time)>? _order;

    /// <summary>How many ids are remembered, including those not yet confirmed.</summary>
    public int Count => _positions?.Count ?? 0;

    /// <summary>Where this id was published, or is about to be.</summary>
    public bool TryFind(Sender sender, string messageId, out Position position)
    {
        position = default;
        return _positions?.TryGetValue((sender, messageId), out position) ?? false;
    }

    /// <summary>Notes an id whose publication is not kept yet; <see cref="Confirm"/> or <see cref="Withdraw"/> must follow.</summary>
    public void Propose(Sender sender, string messageId, Position position) =>
        (_positions ??= []).Add((sender, messageId), position);

    /// <summary>The publication of a proposed id is kept.</summary>
    public void Confirm(Sender sender, string messageId, DateTimeOffset time) =>
        (_order ??= []).Enqueue((sender, messageId, time));

    /// <summary>The publication of a proposed id is not kept.</summary>
    public void Withdraw(Sender sender, string messageId) => _positions?.Remove((sender, messageId));

    /// <summary>Notes an id that was published before; ignored when it is known already.</summary>
    public void Learn(Sender sender, string messageId, Position position, DateTimeOffset time)
    {
        if ((_positions ??= []).TryAdd((sender, messageId), position))
        {
            Confirm(sender, messageId, time);
        }
    }

    /// <summary>Forgets, oldest first, what exceeds the bounds beside a replay buffer of this retention.</summary>
    public void Trim(in Retention retention, DateTimeOffset now)
    {
        if (_order is null)
        {
            return;
        }

        var maxCount = Math.Max(MinCount, retention.Count);
        var maxAge = retention.Age > MinAge ? retention.Age : MinAge;
        while (_order.TryPeek(out var oldest) && (_order.Count > maxCount || now - oldest.Time > maxAge))
        {
            _order.Dequeue();
            _positions!.Remove((oldest.Sender, oldest.MessageId));
        }
    }
}
