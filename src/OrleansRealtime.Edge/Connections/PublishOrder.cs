namespace OrleansRealtime.Edge.Connections;

/// <summary>The publishes of one connection that are under way, by channel, in the order in which they came.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class PublishOrder
{
    private readonly Lock _lock = new();

    // The last publish to each channel; those before it hang on it, so that a publish costs one object.
    private readonly Dictionary<ChannelName, Turn> _last = [];

    /// <summary>A publish begins.</summary>
    public Turn Enter(ChannelName channel)
    {
        var turn = new Turn(channel);
        lock (_lock)
        {
            if (_last.TryGetValue(channel, out var before))
            {
                turn.Previous = before;
                before.Next = turn;
            }

            _last[channel] = turn;
        }

        return turn;
    }

    /// <summary>Completes when all earlier publishes to the same channel are over.</summary>
    public Task WhenFirstAsync(Turn turn)
    {
        lock (_lock)
        {
            return turn.Previous is null
                ? Task.CompletedTask
                : (turn.First ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>A publish is over.</summary>
    public void Leave(Turn turn)
    {
        TaskCompletionSource? first = null;
        lock (_lock)
        {
            var (before, after) = (turn.Previous, turn.Next);
            if (after is not null)
            {
                after.Previous = before;
            }
            else if (before is not null)
            {
                _last[turn.Channel] = before;
            }
            else
            {
                _last.Remove(turn.Channel);
            }

            if (before is not null)
            {
                before.Next = after;
            }
            else
            {
                first = after?.First;
            }
        }

        first?.TrySetResult();
    }

    /// <summary>One publish under way.</summary>
    internal sealed class Turn(ChannelName channel)
    {
        /// <summary>Where to.</summary>
        public ChannelName Channel => channel;

        /// <summary>The one before it in its channel that is under way; the order's own.</summary>
        public Turn? Previous { get; set; }

        /// <summary>The one after it; the order's own.</summary>
        public Turn? Next { get; set; }

        /// <summary>Set when it waits to be the first; the order's own.</summary>
        public TaskCompletionSource? First { get; set; }
    }
}
