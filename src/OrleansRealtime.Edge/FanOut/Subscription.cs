using System.Diagnostics;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>One connection's interest in one channel: a cursor that says which number it is to be given next.</summary>
/// <remarks>
/// Live delivery, resume and catching up are the same: while there is room in the connection's queue, give it the number at the
/// cursor, from the edge's cache or else from a page of the channel. Lives on its connection's shard.
/// </remarks>
internal sealed partial class Subscription
{
    private static readonly List<CachedPublication> NoWindow = [];

    private readonly EdgeNode _node;
    private int _generation;
    private Epoch _epoch;
    private long _next;
    private int _sent;

    /// <summary>Creates a subscription that is not live yet.</summary>
    public Subscription(EdgeNode node, Connection connection, ChannelAttachment attachment, SubscriptionTerms terms)
    {
        _node = node;
        Connection = connection;
        Attachment = attachment;
        Terms = terms;
        Group = attachment.GroupOn(connection.Shard);
    }

    /// <summary>Whose it is.</summary>
    public Connection Connection { get; }

    /// <summary>The channel on this edge.</summary>
    public ChannelAttachment Attachment { get; }

    /// <summary>Its fellows on the same shard.</summary>
    public ShardGroup Group { get; }

    /// <summary>How it is served.</summary>
    public SubscriptionTerms Terms { get; }

    /// <summary>Its place in the group; the group's own.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Whether it is over; whatever still runs for it then stops.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether it was answered and is served.</summary>
    public bool IsLive { get; private set; }

    /// <summary>How often the channel had lost its host when the client last began to learn who is present.</summary>
    public int LossesSeen { get; set; }

    /// <summary>Whether it waits for its turn in the connection's catch-up; the set's own.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>
    /// Whether there is a position from which the client could resume: not in the middle of a snapshot, which it must be given
    /// anew.
    /// </summary>
    public bool HasPosition => IsLive && _backlog is null;

    /// <summary>The position up to which the client has been sent everything that it will be, for carriers that track positions.</summary>
    public Position SentThrough =>
        new(_epoch, (OldestOwed ?? _next) - 1);

    /// <summary>The position after which it goes on.</summary>
    public Position Cursor => new(_epoch, _next - 1);

    /// <summary>Begins: from here on it is given what follows <paramref name="after"/>, in the numbering of <paramref name="head"/>.</summary>
    /// <param name="head">How far the channel was received.</param>
    /// <param name="after">Its cursor.</param>
    /// <param name="backlog">A list with holes (a snapshot) that it is given first; empty for none.</param>
    public void GoLive(in AttachmentHead head, Position after, IReadOnlyList<CachedPublication> backlog)
    {
        _backlog = backlog.Count > 0 ? backlog : null;
        _backlogAfter = after.Sequence;
        _generation = head.Generation;
        _epoch = after.Epoch;
        _next = after.Sequence + 1;
        IsLive = true;
        Group.Add(this);
    }

    /// <summary>Ends it. Its holder releases the attachment.</summary>
    public void End()
    {
        IsEnded = true;
        _node.Metrics.PublicationsOut(_sent);
        if (IsLive)
        {
            IsLive = false;
            Group.Remove(this);
        }

        _backlog = null;
        _latest = null;
        _signals = null;
    }

    /// <summary>Has it given the first of what it lacks, in the turn in which it went live.</summary>
    public void Begin(in AttachmentHead head)
    {
        if (_backlog is not null)
        {
            Block();
        }
        else
        {
            _node.Metrics.PublicationsOut(Pump(head, NoWindow));
        }
    }

    /// <summary>
    /// Gives it all of <paramref name="window"/> in one piece, when that is exactly what it lacks and there is room for it: the common
    /// case of <see cref="Pump"/>, at the price of one publication. False, and nothing done, otherwise.
    /// </summary>
    public bool TryTakeWhole(in AttachmentHead head, List<CachedPublication> window, JoinedFrames joined)
    {
        if (window.Count == 0 || _next != window[0].Sequence || head.Generation != _generation
            || IsBlocked || _backlog is not null || KeepsNewest || OwesLatest || OwesSnapshot
            || joined.In(Connection.Format, window) is not { } frames
            || !Connection.Queue.TryAppend(frames))
        {
            return false;
        }

        Debug.Assert(window[^1].Sequence == head.Position.Sequence, "A window ends at the head.");
        _next = head.Position.Sequence + 1;
        _hasCaughtUp = true;
        Connection.Shard.FlushAtEndOfTurn(Connection);
        Connection.Reach(ConnectionMilestone.FirstPublication);
        return true;
    }

    /// <summary>Gives it what it lacks, as far as there is room. Returns how many publications it was given that were not told before.</summary>
    /// <param name="head">How far the channel was received.</param>
    /// <param name="window">The newest publications up to the head, so that the common case takes no lock.</param>
    public int Pump(in AttachmentHead head, List<CachedPublication> window)
    {
        if (head.Generation != _generation)
        {
            Restart(head);
        }

        // A blocked cursor is moved by the catch-up only, but one that keeps the newest must see what passes.
        if (_backlog is not null || OwesSnapshot || (IsBlocked && !KeepsNewest))
        {
            return 0;
        }

        while (_next <= head.Position.Sequence)
        {
            var publication = window.Count > 0 && _next >= window[0].Sequence
                ? window[(int)(_next - window[0].Sequence)]
                : Attachment.Find(_next);
            if (publication is null)
            {
                Block();
                break;
            }

            if (!Offer(publication))
            {
                break;
            }
        }

        _hasCaughtUp |= _next > head.Position.Sequence;
        FlushLatestIfDue();

        // What it was given since the last walk, by a catch-up too, is counted with this one.
        var sent = _sent;
        _sent = 0;
        return sent;
    }

    /// <summary>The channel numbers anew: the client must reload, and goes on from there.</summary>
    private void Restart(in AttachmentHead head)
    {
        _generation = head.Generation;
        _epoch = head.Position.Epoch;
        _next = head.Start + 1;
        _backlog = null;
        _latest?.Clear();
        _lossReason = null;
        OwesSnapshot = false;
        _lastGiven = head.Start;
        _isSlow = false;
        Connection.SendPositionInTurn(new ResetFrame(Attachment.Name, new Position(_epoch, head.Start)));
        if (IsBlocked)
        {
            // It waited for what does not exist any more.
            Connection.Shard.Post(Connection.Subscriptions.OnDrained);
        }
    }

    /// <summary>Gives it a publication that its position counts already.</summary>
    private void Send(CachedPublication publication)
    {
        Connection.Queue.Append(publication.Frame(Connection.Format), Connection.Subscriptions.EncodePositions());
        Connection.Shard.FlushAtEndOfTurn(Connection);
        Connection.Reach(ConnectionMilestone.FirstPublication);
        _sent++;
    }

    private void Block() => Connection.Subscriptions.Block(this);

    /// <summary>Says that numbers which its position counts already will not come.</summary>
    private void AnnounceGap(long from, long to, string reason)
    {
        if (from <= to)
        {
            _node.Metrics.Gap(reason);
            Connection.SendPositionInTurn(new GapFrame(Attachment.Name, from, to, reason));
        }
    }
}
