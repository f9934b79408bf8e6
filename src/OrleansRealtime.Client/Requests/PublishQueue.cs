using OrleansRealtime.Client.Connections;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Requests;

/// <summary>
/// Publishes that are not acknowledged, in order per channel and bounded. Each is sent, with its message id, until the server
/// took it or refused it for good.
/// </summary>
internal sealed class PublishQueue(Wire wire, RealtimeClientOptions options, Backoff backoff)
{
    private readonly Dictionary<ChannelName, PublishLane> _lanes = [];
    private readonly Dictionary<CommandId, PublishLane> _lanesById = [];
    private TaskCompletionSource? _room;
    private long _bytes;
    private int _count;

    /// <summary>Takes a publish in; the task completes when it is settled.</summary>
    public async Task<PublishedAck> PublishAsync(
        ChannelName channel, Payload payload, string messageId, string? key, CancellationToken cancellationToken)
    {
        PendingRequest request;
        lock (wire.Lock)
        {
            MakeRoomLocked(payload.Length);
            request = new PendingRequest(
                new PublishCommand(wire.NewIdLocked(), channel, payload, messageId, key), isRepeatable: true);
            if (!_lanes.TryGetValue(channel, out var lane))
            {
                _lanes[channel] = lane = new PublishLane();
            }

            lane.Waiting.AddLast(request);
            _lanesById.Add(request.Command.Id, lane);
            _count++;
            _bytes += payload.Length;
            SendFirstLocked(lane);
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Cancel(request, cancellationToken), null).ConfigureAwait(false);
        return (PublishedAck)(await request.Answer.ConfigureAwait(false))!;
    }

    /// <summary>Completes as soon as the queue is less than half full.</summary>
    public Task WhenRoomAsync()
    {
        lock (wire.Lock)
        {
            return HasRoomLocked
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    // Half, so that many who waited and now publish at once are not refused.
    private bool HasRoomLocked => 2L * _count < options.MaxPendingPublishes && 2 * _bytes < options.MaxPendingBytes;

    /// <summary>The link is acknowledged.</summary>
    public void OnOpenLocked()
    {
        foreach (var lane in _lanes.Values.ToList())
        {
            SendFirstLocked(lane);
        }
    }

    /// <summary>The link is gone; whatever was on the way is sent again on the next.</summary>
    public void OnLostLocked()
    {
        foreach (var lane in _lanes.Values)
        {
            lane.Waiting.First!.Value.IsSent = false;
            lane.Answer?.CallOff();
        }
    }

    /// <summary>The client is closed for good.</summary>
    public void OnClosedLocked(RealtimeError error)
    {
        foreach (var request in _lanes.Values.SelectMany(static lane => lane.Waiting).ToList())
        {
            TakeOutLocked(request)?.Fail(error);
        }
    }

    public bool TryAnswerLocked(CommandId id, AckPayload? payload) => payload is PublishedAck && TrySettleLocked(id, request => request.Complete(payload));

    public bool TryRefuseLocked(CommandId id, RealtimeError error)
    {
        if (!error.IsRetryable)
        {
            return TrySettleLocked(id, request => request.Fail(error));
        }

        if (!_lanesById.TryGetValue(id, out var lane))
        {
            return false;
        }

        var first = lane.Waiting.First!.Value;
        first.IsSent = false;
        lane.Answer?.CallOff();
        lane.Hold = new Alarm(options.TimeProvider, () => EndHold(lane));
        lane.Hold.Set(error.RetryAfter ?? backoff.Next(first.Refusals));
        first.Refusals++;
        return true;
    }

    private bool TrySettleLocked(CommandId id, Action<PendingRequest> settle)
    {
        if (!_lanesById.TryGetValue(id, out var lane))
        {
            return false;
        }

        settle(TakeOutLocked(lane.Waiting.First!.Value)!);
        SendFirstLocked(lane);
        return true;
    }

    private void EndHold(PublishLane lane)
    {
        lock (wire.Lock)
        {
            lane.Hold?.Dispose();
            lane.Hold = null;
            SendFirstLocked(lane);
        }
    }

    private void Cancel(PendingRequest request, CancellationToken cancellationToken)
    {
        lock (wire.Lock)
        {
            if (TakeOutLocked(request) is not null)
            {
                request.Cancel(cancellationToken);
            }
        }
    }

    private void SendFirstLocked(PublishLane lane)
    {
        if (wire.IsOpen && lane.Hold is null && lane.Waiting.First?.Value is { IsSent: false } request)
        {
            if (wire.RefusalOfLocked(request.Command) is { } refusal)
            {
                // Taking it out sends the one behind it.
                TakeOutLocked(request)!.Fail(refusal);
                return;
            }

            request.IsSent = true;
            lane.SentAt = options.TimeProvider.GetTimestamp();
            lane.Answer ??= new Alarm(options.TimeProvider, () => OnUnanswered(lane));
            lane.Answer.Set(options.RequestTimeout);
            wire.SendLocked(request.Command);
        }
    }

    // No answer means that the line is dead, even if something else still comes over it: an HTTP request may hang beside its stream.
    private void OnUnanswered(PublishLane lane)
    {
        lock (wire.Lock)
        {
            if (lane.Waiting.First?.Value is not { IsSent: true })
            {
                return;
            }

            // Another may have been sent while this waited for the lock.
            var rest = options.RequestTimeout - options.TimeProvider.GetElapsedTime(lane.SentAt);
            if (rest > TimeSpan.Zero)
            {
                lane.Answer!.Set(rest);
            }
            else
            {
                wire.Link?.Abort(LinkEnd.Lost("no answer to publish"));
            }
        }
    }

    private PendingRequest? TakeOutLocked(PendingRequest request)
    {
        if (!_lanesById.Remove(request.Command.Id, out var lane))
        {
            return null;
        }

        var wasFirst = lane.Waiting.First!.Value == request;
        lane.Waiting.Remove(request);
        _count--;
        _bytes -= PublishLane.BytesOf(request);
        if (wasFirst)
        {
            lane.Hold?.Dispose();
            lane.Hold = null;
            lane.Answer?.CallOff();
        }

        if (HasRoomLocked)
        {
            _room?.SetResult();
            _room = null;
        }

        if (lane.Waiting.Count == 0)
        {
            lane.EndAlarms();
            _lanes.Remove(((PublishCommand)request.Command).Channel);
        }
        else if (wasFirst)
        {
            SendFirstLocked(lane);
        }

        return request;
    }

    private void MakeRoomLocked(int bytes)
    {
        while (_count >= options.MaxPendingPublishes || (_count > 0 && _bytes + bytes > options.MaxPendingBytes))
        {
            var oldest = options.WhenPendingFull == OverflowPolicy.DropOldest ? OldestLocked() : null;
            var full = new PublishQueueFullException(
                $"{_count} publishes of {_bytes} bytes wait already; at most {options.MaxPendingPublishes} and {options.MaxPendingBytes} bytes may.");
            if (oldest is null)
            {
                throw full;
            }

            TakeOutLocked(oldest)!.Fail(full);
        }
    }

    // Ids grow, and the first of each lane that is not on its way is its oldest.
    private PendingRequest? OldestLocked() =>
        _lanes.Values
            .Select(static lane => lane.Waiting.FirstOrDefault(static request => !request.IsSent))
            .OfType<PendingRequest>()
            .MinBy(static request => long.Parse(request.Command.Id.Text, System.Globalization.CultureInfo.InvariantCulture));
}
