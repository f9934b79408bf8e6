using OrleansRealtime.Client.Connections;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Requests;

/// <summary>Requests that are not publishes: each is answered, tried again where that is harmless, or fails.</summary>
internal sealed class RequestTable(Wire wire, TimeProvider time, Backoff backoff)
{
    // What an application has on the way at once; more is a leak in it.
    private const int MaxPending = 10_000;

    private readonly Dictionary<CommandId, PendingRequest> _pending = [];

    /// <summary>Sends a request now, or as soon as the client is connected.</summary>
    public async Task<AckPayload?> SendAsync(
        Func<CommandId, ClientCommand> command, bool isRepeatable, TimeSpan timeout, CancellationToken cancellationToken)
    {
        PendingRequest request;
        lock (wire.Lock)
        {
            if (_pending.Count >= MaxPending)
            {
                throw new RealtimeException(new RealtimeError(
                    RealtimeErrorCode.Unavailable, $"{MaxPending} requests of this client wait for their answers already."));
            }

            request = new PendingRequest(command(wire.NewIdLocked()), isRepeatable);
            _pending.Add(request.Command.Id, request);
            SendLocked(request);
        }

        try
        {
            return await request.Answer.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RealtimeException(new RealtimeError(
                RealtimeErrorCode.Timeout, $"There was no answer within {timeout.TotalSeconds} s."));
        }
        finally
        {
            lock (wire.Lock)
            {
                _pending.Remove(request.Command.Id);
                request.EndHold();
            }
        }
    }

    /// <summary>The link is acknowledged: what waits is sent in the order in which it came.</summary>
    public void OnOpenLocked()
    {
        foreach (var request in _pending.Values.Where(static request => !request.IsSent && request.Hold is null))
        {
            SendLocked(request);
        }
    }

    /// <summary>The link is gone: what may be repeated waits for the next one, the rest fails.</summary>
    public void OnLostLocked()
    {
        foreach (var request in _pending.Values.Where(static request => request.IsSent).ToList())
        {
            request.IsSent = false;
            if (!request.IsRepeatable)
            {
                _pending.Remove(request.Command.Id);
                request.Fail(new RealtimeError(
                    RealtimeErrorCode.Timeout, "The connection was lost before the answer; whether the request took effect is unknown."));
            }
        }
    }

    /// <summary>The client is closed: nothing is answered any more.</summary>
    public void OnClosedLocked(RealtimeError error)
    {
        foreach (var request in _pending.Values)
        {
            request.EndHold();
            request.Fail(error);
        }

        _pending.Clear();
    }

    public bool TryAnswerLocked(CommandId id, AckPayload? payload)
    {
        if (!_pending.Remove(id, out var request))
        {
            return false;
        }

        request.Complete(payload);
        return true;
    }

    public bool TryRefuseLocked(CommandId id, RealtimeError error)
    {
        if (!_pending.TryGetValue(id, out var request))
        {
            return false;
        }

        if (request.IsRepeatable && error.IsRetryable)
        {
            Hold(request, error.RetryAfter ?? backoff.Next(request.Refusals));
            return true;
        }

        _pending.Remove(id);
        request.Fail(error);
        return true;
    }

    private void Hold(PendingRequest request, TimeSpan wait)
    {
        request.Refusals++;
        request.IsSent = false;
        request.Hold = new Alarm(time, () =>
        {
            lock (wire.Lock)
            {
                request.EndHold();
                SendLocked(request);
            }
        });
        request.Hold.Set(wait);
    }

    private void SendLocked(PendingRequest request)
    {
        if (!wire.IsOpen || !_pending.ContainsKey(request.Command.Id))
        {
            return;
        }

        if (wire.RefusalOfLocked(request.Command) is { } refusal)
        {
            request.Fail(refusal);
        }
        else
        {
            request.IsSent = true;
            wire.SendLocked(request.Command);
        }
    }
}
