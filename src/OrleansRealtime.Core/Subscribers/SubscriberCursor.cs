using System.Collections.Immutable;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Delivery;

namespace OrleansRealtime.Core.Subscribers;

/// <summary>How far one subscriber has come in a channel, and what it is to be given next. Pure; not safe for concurrent use.</summary>
/// <remarks>
/// What it hands over is contiguous: each batch begins right after the one before, but for what an interruption announced. What
/// was handed over and not said to be handled is handed over again. Deliveries may be lost, doubled or ahead of a hole: whatever is
/// missing is read from the channel. Too much that waits is dropped and read later, so a slow subscriber costs a bounded amount.
/// </remarks>
public sealed class SubscriberCursor
{
    /// <summary>How many publications are handed over at once at most: 256.</summary>
    public const int MaxBatch = 256;

    /// <summary>How many delivered publications wait at most: 1024. Beyond this they are read again from the channel.</summary>
    public const int MaxWaiting = 1024;

    /// <summary>How many payload bytes of delivered publications wait at most: 1 MiB.</summary>
    public const long MaxWaitingBytes = 1024 * 1024;

    private readonly ChannelName _channel;
    private readonly ChannelStart _start;

    // Read from the channel, following _handled.
    private readonly Queue<Publication> _page = [];

    // Delivered by the channel, contiguous in itself, maybe ahead of a hole.
    private readonly Queue<Publication> _live = [];
    private Epoch _liveEpoch;
    private long _liveEnd;
    private long _liveBytes;

    private Position? _handled;
    private Position? _head;
    private SubscriberStep? _step;

    /// <summary>Creates the cursor of a subscriber that begins at <paramref name="start"/>.</summary>
    public SubscriberCursor(ChannelName channel, ChannelStart start)
    {
        _channel = channel;
        _start = start;
        _handled = start.Position;
    }

    /// <summary>Up to where everything was handled or announced; null while it is not known where the subscriber begins.</summary>
    public Position? Position => _handled;

    /// <summary>The channel stands here: the answer to an attach or to a renewal.</summary>
    public void OnHead(Position head)
    {
        _head = head;
        if (_handled is null && !_start.IsOldest)
        {
            _handled = head;
        }
    }

    /// <summary>The channel delivered a batch.</summary>
    public void OnBatch(PublicationBatch batch)
    {
        var first = batch.Publications[0].Sequence;
        if (batch.Epoch != _liveEpoch || first > _liveEnd + 1)
        {
            ClearLive();
            (_liveEpoch, _liveEnd) = (batch.Epoch, first - 1);
        }

        foreach (var publication in batch.Publications)
        {
            if (publication.Sequence == _liveEnd + 1)
            {
                _live.Enqueue(publication);
                _liveEnd = publication.Sequence;
                _liveBytes += publication.Payload.Length;
            }
        }

        if (_live.Count > MaxWaiting || _liveBytes > MaxWaitingBytes)
        {
            ClearLive();
        }

        // Before the answer to the attach it is not known where a live subscriber begins, so nothing is known to be missing.
        if (_head is { } head && (head.Epoch != batch.Epoch || head.Sequence < _liveEnd))
        {
            _head = new Position(batch.Epoch, _liveEnd);
        }
    }

    /// <summary>What to do next; null for nothing. What was said is said again until it is answered.</summary>
    public SubscriberStep? Next() => _step ??= Decide();

    /// <summary>What was handed over or announced is handled, so the subscriber goes on behind it.</summary>
    /// <exception cref="InvalidOperationException">Nothing was handed over.</exception>
    public void OnHandled()
    {
        _handled = _step switch
        {
            DeliverStep deliver => deliver.Batch.End,
            InterruptStep interrupt => interrupt.Interruption.After,
            _ => throw new InvalidOperationException("Nothing was handed over."),
        };
        _step = null;
    }

    /// <summary>The answer to a <see cref="ReadStep"/>. After a refusal the same read is asked for again: when to try is the caller's choice.</summary>
    public void OnRead(ReadStep asked, ReadOutcome outcome)
    {
        if (!ReferenceEquals(_step, asked))
        {
            return;
        }

        _step = null;
        if (outcome.Refusal is not null)
        {
            return;
        }

        var begin = BeginOf(outcome);
        foreach (var publication in outcome.Publications)
        {
            _page.Enqueue(publication);
        }

        if (_handled is not { } handled)
        {
            _handled = begin;
        }
        else if (begin != handled)
        {
            _step = new InterruptStep(new ChannelInterruption(_channel, handled, begin));
        }

        TakeHead(outcome.Position, isFruitful: begin != asked.After || !outcome.Publications.IsEmpty);
    }

    private SubscriberStep? Decide()
    {
        if (_handled is not { } handled)
        {
            return _head is not null && _start.IsOldest ? new ReadStep(null) : null;
        }

        if (_page.Count > 0)
        {
            return Deliver(handled.Epoch, _page);
        }

        DropHandledLive(handled);
        if (IsLiveAfter(handled))
        {
            return Deliver(handled.Epoch, _live);
        }

        return _head is { } head && head != handled ? new ReadStep(handled) : null;
    }

    private DeliverStep Deliver(Epoch epoch, Queue<Publication> from)
    {
        var batch = ImmutableArray.CreateBuilder<Publication>(Math.Min(from.Count, MaxBatch));
        while (batch.Count < MaxBatch && from.TryDequeue(out var publication))
        {
            batch.Add(publication);
            _liveBytes -= ReferenceEquals(from, _live) ? publication.Payload.Length : 0;
        }

        return new DeliverStep(new PublicationBatch(_channel, epoch, batch.DrainToImmutable()));
    }

    /// <summary>The position before the first publication that follows a read, or of the read's end when none does.</summary>
    private Position BeginOf(ReadOutcome outcome)
    {
        if (outcome.Publications is [var first, ..])
        {
            return outcome.Position with { Sequence = first.Sequence - 1 };
        }

        if (_handled is { } handled && !outcome.IsLost && handled.Sequence >= outcome.Position.Sequence)
        {
            return handled;
        }

        // Nothing is retained, but what was delivered meanwhile waits here.
        var isWaiting = _live.Count > 0 && _liveEpoch == outcome.Position.Epoch && _live.Peek().Sequence <= outcome.Position.Sequence;
        return isWaiting ? outcome.Position with { Sequence = _live.Peek().Sequence - 1 } : outcome.Position;
    }

    private void TakeHead(Position position, bool isFruitful)
    {
        // What the channel itself does not have will not come; if it was only asked too early, the next renewal says so.
        var isBehind = _head is { } head && head.Epoch == position.Epoch && head.Sequence > position.Sequence;
        if (!isBehind || !isFruitful)
        {
            _head = position;
        }
    }

    private bool IsLiveAfter(Position handled) =>
        _live.TryPeek(out var first) && _liveEpoch == handled.Epoch && first.Sequence == handled.Sequence + 1;

    private void DropHandledLive(Position handled)
    {
        while (_live.TryPeek(out var first) && _liveEpoch == handled.Epoch && first.Sequence <= handled.Sequence)
        {
            _live.Dequeue();
            _liveBytes -= first.Payload.Length;
        }
    }

    private void ClearLive()
    {
        _live.Clear();
        _liveBytes = 0;
    }
}
