using System.Collections.Immutable;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>Something unnumbered for the subscribers of a channel.</summary>
internal interface IShardEvent
{
    /// <summary>Whether it may be dropped under pressure.</summary>
    bool IsDroppable { get; }

    /// <summary>Gives it to one subscriber, on the subscriber's shard.</summary>
    void Deliver(Subscription subscription);
}

/// <summary>Frames made once per format and shared. Safe for concurrent use.</summary>
internal sealed class SharedFrame(ServerFrame frame)
{
    private readonly byte[]?[] _frames = new byte[]?[FrameFormat.Slots];

    /// <summary>The finished frame of one format; the same array for every caller.</summary>
    public byte[] In(FrameFormat format)
    {
        ref var slot = ref _frames[format.Slot];
        return Volatile.Read(ref slot) ?? Interlocked.CompareExchange(ref slot, format.Encode(frame), null) ?? slot!;
    }
}

/// <summary>A signal on its way to local subscribers; the connection that sent it does not get it back.</summary>
internal sealed class SignalEvent : IShardEvent
{
    private readonly SignalMessage _signal;
    private readonly ConnectionId? _origin;
    private readonly SharedFrame _frame;

    /// <summary>Wraps a signal that arrived at <paramref name="edge"/>.</summary>
    public SignalEvent(SignalMessage signal, EdgeId edge)
    {
        _signal = signal;
        _origin = signal.OriginEdge == edge ? signal.Origin : null;
        _frame = new SharedFrame(new SignalFrame(signal.Channel, signal.From, signal.Key, signal.Payload));
    }

    /// <inheritdoc/>
    public bool IsDroppable => true;

    /// <summary>What the newest signal under pressure is kept by: sender and key; null when it has no key.</summary>
    public (Sender From, string Key)? Slot => _signal.Key is { } key ? (_signal.From, key) : null;

    /// <summary>The finished frame.</summary>
    public byte[] Frame(FrameFormat format) => _frame.In(format);

    /// <inheritdoc/>
    public void Deliver(Subscription subscription)
    {
        if (_origin != subscription.Connection.Id)
        {
            subscription.OfferSignal(this);
        }
    }
}

/// <summary>Who came and went, for subscribers that asked to hear of it.</summary>
internal sealed class PresenceEvent : IShardEvent
{
    private readonly SharedFrame[] _frames;
    private readonly SharedFrame[] _repeated;
    private readonly int _losses;

    /// <summary>Wraps a presence change.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="joined">Who came.</param>
    /// <param name="left">Who went.</param>
    /// <param name="repeated">Who came for a new host only: for those whose view is of that host.</param>
    /// <param name="losses">How often a host was lost until then.</param>
    public PresenceEvent(
        ChannelName channel,
        ImmutableArray<Member> joined,
        ImmutableArray<Member> left,
        ImmutableArray<Member> repeated,
        int losses)
    {
        _frames =
        [
            .. joined.Select(member => new SharedFrame(new JoinFrame(channel, member))),
            .. left.Select(member => new SharedFrame(new LeaveFrame(channel, member))),
        ];
        _repeated = [.. repeated.Select(member => new SharedFrame(new JoinFrame(channel, member)))];
        _losses = losses;
    }

    /// <inheritdoc/>
    public bool IsDroppable => false;

    /// <inheritdoc/>
    public void Deliver(Subscription subscription)
    {
        if (!subscription.Terms.Presence)
        {
            return;
        }

        Send(subscription.Connection, _frames);
        if (subscription.LossesSeen >= _losses)
        {
            Send(subscription.Connection, _repeated);
        }
    }

    private static void Send(Connection connection, SharedFrame[] frames)
    {
        foreach (var frame in frames)
        {
            connection.SendInTurn(frame.In(connection.Format));
        }
    }
}
