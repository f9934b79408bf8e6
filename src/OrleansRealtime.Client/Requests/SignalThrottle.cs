using OrleansRealtime.Client.Connections;

namespace OrleansRealtime.Client.Requests;

/// <summary>
/// Lets signals of a channel and key pass at most once per interval: the first at once, then the newest. Safe for concurrent use.
/// </summary>
internal sealed class SignalThrottle(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(ChannelName Channel, string? Key), Slot> _slots = [];

    /// <summary>Waits for the turn of a signal.</summary>
    /// <returns>True when it is to be sent now; false when a newer one took its place.</returns>
    public Task<bool> WaitAsync(ChannelName channel, string? key, TimeSpan interval, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_slots.TryGetValue((channel, key), out var slot))
            {
                slot.Interval = interval;
                slot.Next?.TrySetResult(false);
                slot.Next = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                return slot.Next.Task.WaitAsync(cancellationToken);
            }

            slot = new Slot { Interval = interval };
            slot.Alarm = new Alarm(time, () => EndInterval((channel, key)));
            slot.Alarm.Set(interval);
            _slots.Add((channel, key), slot);
            return Task.FromResult(true);
        }
    }

    private void EndInterval((ChannelName Channel, string? Key) place)
    {
        lock (_lock)
        {
            var slot = _slots[place];
            if (slot.Next is { } next)
            {
                slot.Next = null;
                slot.Alarm!.Set(slot.Interval);
                next.TrySetResult(true);
            }
            else
            {
                slot.Alarm!.Dispose();
                _slots.Remove(place);
            }
        }
    }

    private sealed class Slot
    {
        public Alarm? Alarm { get; set; }

        public TimeSpan Interval { get; set; }

        /// <summary>The newest that is held back.</summary>
        public TaskCompletionSource<bool>? Next { get; set; }
    }
}
