using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Subscriptions;

/// <summary>State, then diffs: what comes while the state is asked for is applied to it once more, on top.</summary>
internal sealed class PresenceTracker
{
    private readonly List<Func<PresenceState, PresenceState>> _parked = [];
    private bool _isAsking;

    public PresenceState State { get; private set; } = PresenceState.Empty;

    /// <summary>The state is being asked for.</summary>
    public void OnAsking()
    {
        _parked.Clear();
        _isAsking = true;
    }

    /// <summary>The state came; what parked says what was true later, or says the same.</summary>
    public PresenceState OnState(PresenceAck ack)
    {
        _isAsking = false;
        State = _parked.Aggregate(PresenceState.Of(ack), static (state, diff) => diff(state));
        _parked.Clear();
        return State;
    }

    /// <summary>A diff came.</summary>
    public PresenceState Apply(Func<PresenceState, PresenceState> diff)
    {
        if (_isAsking)
        {
            _parked.Add(diff);
        }

        return State = diff(State);
    }
}
