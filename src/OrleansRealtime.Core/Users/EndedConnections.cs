using System.Diagnostics.CodeAnalysis;

namespace OrleansRealtime.Core.Users;

/// <summary>
/// Remembers for a while which connections ended and why, because a renewal that was written before may arrive after: without
/// this it would bring a closed connection back to life.
/// </summary>
internal sealed class EndedConnections
{
    /// <summary>How many are remembered at most; beyond that the oldest are forgotten, and a lease ends what comes back wrongly.</summary>
    public const int MaxRemembered = 1000;

    /// <summary>How long: three renewals of an edge, as long as a connection lives without one.</summary>
    public static readonly TimeSpan Remembered = UserMachine.ConnectionLease;

    // Null while there is none, as for nearly every user who is online.
    private Dictionary<(EdgeId, ConnectionId), CloseReason>? _reasons;
    private Queue<((EdgeId, ConnectionId) Link, DateTimeOffset ForgetAt)>? _order;

    /// <summary>Remembers an end; <see cref="CloseReason.Normal"/> when the edge itself told of it.</summary>
    public void Add((EdgeId Edge, ConnectionId Connection) link, CloseReason reason, DateTimeOffset now)
    {
        if (!(_reasons ??= []).TryAdd(link, reason))
        {
            return;
        }

        (_order ??= []).Enqueue((link, now + Remembered));
        if (_order.Count > MaxRemembered)
        {
            ForgetOldest();
        }
    }

    public bool TryFind((EdgeId Edge, ConnectionId Connection) link, [NotNullWhen(true)] out CloseReason? reason)
    {
        reason = null;
        return _reasons?.TryGetValue(link, out reason) ?? false;
    }

    public void Forget(DateTimeOffset now)
    {
        while (_order is not null && _order.TryPeek(out var oldest) && oldest.ForgetAt <= now)
        {
            ForgetOldest();
        }
    }

    private void ForgetOldest()
    {
        _reasons!.Remove(_order!.Dequeue().Link);
        if (_order.Count == 0)
        {
            (_reasons, _order) = (null, null);
        }
    }
}
