using System.Buffers;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Connections;

/// <summary>One client's transport link: who it is, how far its life has come, and what waits to be written to it.</summary>
/// <remarks>
/// The owner of the carrier opens it (<see cref="EdgeNode.Open"/>), hands it what arrives, one message at a time, and says when
/// the carrier ended. Its subscriptions live on its <see cref="Shard"/>; everything else is safe for concurrent use.
/// </remarks>
internal sealed class Connection : IOutboundOwner, IShardWork, IThreadPoolWorkItem
{
    private readonly EdgeNode _node;

    // Without a lock: the state only moves on, by who exchanges it, and the reason is there before it says that all is over.
    private volatile ConnectionState _state = ConnectionState.Handshake;
    private CloseReason? _closeReason;
    private PublishOrder? _publishes;
    private ConnectionMilestone _reached;
    private long _lastHeard;
    private long _closedAt;
    private int _hasEnded;
    private int _isFlushQueued;

    /// <summary>Creates a connection; called by the node only.</summary>
    public Connection(EdgeNode node, ConnectionId id, ITransport transport, IConnectionGuard guard, Shard shard)
    {
        _node = node;
        Id = id;
        Transport = transport;
        Guard = guard;
        Shard = shard;
        Queue = new OutboundQueue(transport, this, node.Metrics, node.Options.QueueBytes);
        Commands = new CommandWindow();
        Subscriptions = new SubscriptionSet(this, node);
        OpenedAt = _lastHeard = node.Clock.GetTimestamp();
    }

    /// <summary>Names it on this node.</summary>
    public ConnectionId Id { get; }

    /// <summary>The edge that holds it.</summary>
    public EdgeNode Node => _node;

    /// <summary>The carrier.</summary>
    public ITransport Transport { get; }

    /// <summary>How its frames become bytes.</summary>
    public FrameFormat Format => Transport.Format;

    /// <summary>What watches it for abuse.</summary>
    public IConnectionGuard Guard { get; }

    /// <summary>Where its subscriptions live.</summary>
    public Shard Shard { get; }

    /// <summary>What waits to be written.</summary>
    public OutboundQueue Queue { get; }

    /// <summary>The commands that are being carried out.</summary>
    public CommandWindow Commands { get; }

    /// <summary>What the application said of its rights.</summary>
    public Verdicts Verdicts { get; } = new();

    /// <summary>Its publishes under way; asked for by the reader of its commands only, which makes it when it is first needed.</summary>
    public PublishOrder Publishes => _publishes ??= new PublishOrder();

    /// <summary>Its subscriptions; touched on its shard only.</summary>
    public SubscriptionSet Subscriptions { get; }

    /// <summary>When it was opened, as a timestamp of the node's clock.</summary>
    public long OpenedAt { get; }

    /// <summary>When the peer last gave a sign of life, as a timestamp of the node's clock.</summary>
    public long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>When it was last pinged; touched by the heartbeat only.</summary>
    public long LastPing { get; set; }

    /// <summary>Whether the client was told that its token is about to expire; touched by the heartbeat and a refresh.</summary>
    public bool IsWarnedOfExpiry { get; set; }

    /// <summary>Whether a flush is due at the end of its shard's turn; touched on its shard only.</summary>
    public bool IsFlushDue { get; set; }

    /// <summary>Whether answers wait for the pool to write them.</summary>
    public bool IsAnswerDue => Volatile.Read(ref _isFlushQueued) != 0;

    /// <summary>Who the client is; null until that is known.</summary>
    public Identity? Identity { get; private set; }

    /// <summary>The session; meaningful once the identity is known.</summary>
    public SessionId Session { get; private set; }

    /// <summary>Where it is in its life.</summary>
    public ConnectionState State => _state;

    /// <summary>Whether commands are taken.</summary>
    public bool IsOpen => State is ConnectionState.Open or ConnectionState.Draining;

    /// <summary>Whether it is over.</summary>
    public bool IsClosed => State == ConnectionState.Closed;

    /// <summary>Why it was closed; null while it is not.</summary>
    public CloseReason? CloseReason => Volatile.Read(ref _closeReason);

    /// <summary>When it was closed, as a timestamp of the node's clock; meaningful when <see cref="IsClosed"/>.</summary>
    public long ClosedAt => Volatile.Read(ref _closedAt);

    /// <summary>
    /// Takes one message of the client. Completes when the next one may be read, which is how a client that commands faster
    /// than it is served is held back. The memory is not kept after completion.
    /// </summary>
    public ValueTask OnMessageAsync(in ReadOnlySequence<byte> message)
    {
        OnHeard();
        return IsClosed ? ValueTask.CompletedTask : _node.Dispatcher.DispatchAsync(this, message);
    }

    /// <summary>Carries out one command that did not arrive as a message, e.g. the channels that an SSE request names.</summary>
    public ValueTask OnCommandAsync(ClientCommand command) =>
        IsClosed ? ValueTask.CompletedTask : _node.Dispatcher.DispatchAsync(this, command);

    /// <summary>It has come this far; the first time is measured. Reached one after the other, never at once.</summary>
    public void Reach(ConnectionMilestone milestone)
    {
        if (milestone > _reached)
        {
            _reached = milestone;
            _node.Metrics.Reached(milestone, _node.Clock.GetElapsedTime(OpenedAt));
        }
    }

    /// <summary>The peer gave a sign of life: any frame, a pong too.</summary>
    public void OnHeard() => Volatile.Write(ref _lastHeard, _node.Clock.GetTimestamp());

    /// <summary>
    /// Begins: an identity that the handshake established is admitted, and <c>auth_ack</c> sent unasked; without one the client
    /// must authenticate. Called once, before anything else.
    /// </summary>
    public ValueTask StartAsync(Identity? identity, SessionId? resume)
    {
        TryMove(ConnectionState.Authenticating);
        return identity is null
            ? ValueTask.CompletedTask
            : _node.Authentication.AdmitAsync(this, identity, resume, default);
    }

    /// <summary>The carrier ended, by whoever's wish. Frees everything; called once, when no message will come any more.</summary>
    /// <param name="reason">Why, if it was not this side that closed.</param>
    public void OnEnded(CloseReason reason)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        MarkClosed(reason);
        Queue.Discard();
        Shard.Post(Subscriptions.EndAll);
        _node.OnEnded(this);
        Guard.OnEnded(CloseReason!);
    }

    /// <summary>Sends a frame of its own at once; closes with 4508 when even that has no room.</summary>
    public void Send(ServerFrame frame) => Send(Format.Encode(frame));

    /// <summary>Sends a finished frame at once; closes with 4508 when even that has no room.</summary>
    public void Send(byte[] frame)
    {
        if (Queue.TryAppendControl(frame))
        {
            Queue.Flush();
        }
        else
        {
            Close(CloseReason.TooSlow);
        }
    }

    /// <summary>
    /// Answers a command that was carried out in the window. While others are under way too, it is written together with the answers
    /// that are ready by then, as when a batch of a channel held many of them; closes with 4508 when it has no room.
    /// </summary>
    public void Answer(ServerFrame frame)
    {
        if (Commands.Count <= 1)
        {
            Send(frame);
        }
        else if (!Queue.TryAppendControl(Format.Encode(frame)))
        {
            Close(CloseReason.TooSlow);
        }
        else if (Interlocked.Exchange(ref _isFlushQueued, 1) == 0)
        {
            // Not local: a thread takes its own work first, so those that the same batch answered come before the write.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>
    /// Has a frame of its own written at the end of the shard's next turn, in one write with what other commands of the same
    /// read are answered in it; closes with 4508 when it has no room.
    /// </summary>
    public void SendSoon(ServerFrame frame)
    {
        if (Queue.TryAppendControl(Format.Encode(frame)))
        {
            Shard.Post(this);
        }
        else
        {
            Close(CloseReason.TooSlow);
        }
    }

    /// <summary>Has a frame of its own written at the end of the shard's turn; called in one.</summary>
    public void SendInTurn(ServerFrame frame) => SendInTurn(Format.Encode(frame));

    /// <summary>Has a finished frame written at the end of the shard's turn; called in one.</summary>
    public void SendInTurn(byte[] frame) => SendInTurn(frame, end: null);

    /// <summary>
    /// Has a frame that moves the position of a subscription, which has moved already, written at the end of the shard's turn;
    /// called in one.
    /// </summary>
    public void SendPositionInTurn(ServerFrame frame) => SendInTurn(Format.EncodeOpen(frame), Subscriptions.EncodePositions());

    private void SendInTurn(byte[] frame, byte[]? end)
    {
        if (Queue.TryAppendControl(frame, end))
        {
            Shard.FlushAtEndOfTurn(this);
        }
        else
        {
            Close(CloseReason.TooSlow);
        }
    }

    /// <summary>The shard's turn ends: writes what the turn appended.</summary>
    public void FlushTurn()
    {
        IsFlushDue = false;
        Queue.Flush();
    }

    /// <summary>A write failed by a bug, so that nothing can be said any more: ends the carrier.</summary>
    public void OnFlushFailed()
    {
        MarkClosed(CloseReason.ServerFault);
        Queue.Discard();
        Transport.Abort();
    }

    /// <summary>Refuses a command.</summary>
    public void Refuse(CommandId id, ChannelName? channel, RealtimeError error)
    {
        _node.Metrics.Refused(error.Code);
        Send(new ErrorFrame(id, channel, error));
    }

    /// <summary>
    /// Ends it: what waits is written (unless the peer is too slow for it), then the close frame. The first reason wins. A peer
    /// that does not answer is cut off by the heartbeat.
    /// </summary>
    public void Close(CloseReason reason)
    {
        if (MarkClosed(reason))
        {
            Queue.Close(Format.EncodeClose(reason), dropPending: reason.Code == CloseReason.TooSlow.Code);
        }
    }

    /// <summary>The user is admitted.</summary>
    /// <returns>False when it was closed meanwhile.</returns>
    public bool TryOpen(Identity identity, SessionId session)
    {
        Identity = identity;
        Session = session;
        Guard.OnAuthenticated(identity.User);
        return TryMove(ConnectionState.Open);
    }

    /// <summary>A new token of the same user is in force.</summary>
    public void Refresh(Identity identity)
    {
        Identity = identity;
        IsWarnedOfExpiry = false;
        Verdicts.ForgetAll();
    }

    /// <summary>Tells the client to come back elsewhere.</summary>
    public void Drain(TimeSpan after, string reason)
    {
        var wasOpen = IsOpen;
        if (TryMove(ConnectionState.Draining) && wasOpen)
        {
            Send(new ReconnectFrame(after, reason));
        }
    }

    /// <inheritdoc/>
    void IShardWork.Run() => Shard.FlushAtEndOfTurn(this);

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        // Before it flushes, so that what is added while it does is flushed by the next one.
        Interlocked.Exchange(ref _isFlushQueued, 0);
        try
        {
            Queue.Flush();
        }
        catch (Exception exception)
        {
            // The connection boundary: a bug costs this connection, and must not end the process.
            _node.Log.ConnectionFailed(Id.Value, exception);
            OnFlushFailed();
        }
    }

    /// <inheritdoc/>
    void IOutboundOwner.OnDrained() => Shard.Post(Subscriptions.OnDrained);

    /// <inheritdoc/>
    void IOutboundOwner.OnWriteProgress() => OnHeard();

    /// <inheritdoc/>
    void IOutboundOwner.OnWriteFailed(Exception exception)
    {
        // The peer is gone; the owner's read ends by itself or by this, and says so.
        MarkClosed(CloseReason.GoingAway);
        Transport.Abort();
    }

    private bool TryMove(ConnectionState next)
    {
        for (var state = _state; state < next; state = _state)
        {
            if (Interlocked.CompareExchange(ref _state, next, state) == state)
            {
                return true;
            }
        }

        return false;
    }

    private bool MarkClosed(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is not null)
        {
            return false;
        }

        Volatile.Write(ref _closedAt, _node.Clock.GetTimestamp());
        _state = ConnectionState.Closed;
        return true;
    }
}
