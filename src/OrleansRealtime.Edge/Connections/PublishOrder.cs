namespace OrleansRealtime.Edge.Connections;

/// <summary>The publishes of one connection that are under way, by channel, in the order in which they came.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class PublishOrder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ChannelName, LinkedList<Turn>> _turns = [];

    /// <summary>A publish begins.</summary>
    public Turn Enter(ChannelName channel)
    {
        lock (_lock)
        {
            if (!_turns.TryGetValue(channel, out var turns))
            {
                _turns.Add(channel, turns = new LinkedList<Turn>());
            }

            var turn = new Turn(channel);
            turns.AddLast(turn.Node);
            return turn;
        }
    }

    /// <summary>Completes when all earlier publishes to the same channel are over.</summary>
    public Task WhenFirstAsync(Turn turn)
    {
        lock (_lock)
        {
            return turn.Node.Previous is null
                ? Task.CompletedTask
                : (turn.First ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>A publish is over.</summary>
    public void Leave(Turn turn)
    {
        TaskCompletionSource? next;
        lock (_lock)
        {
            var turns = _turns[turn.Channel];
            turns.Remove(turn.Node);
            next = turns.First?.Value.First;
            if (turns.Count == 0)
            {
                _turns.Remove(turn.Channel);
            }
        }

        next?.TrySetResult();
    }

    /// <summary>One publish under way.</summary>
    internal sealed class Turn
    {
        /// <summary>Creates it.</summary>
        public Turn(ChannelName channel)
        {
            Channel = channel;
            Node = new LinkedListNode<Turn>(this);
        }

        /// <summary>Where to.</summary>
        public ChannelName Channel { get; }

        /// <summary>Its place; the order's own.</summary>
        public LinkedListNode<Turn> Node { get; }

        /// <summary>Set when it waits to be the first; the order's own.</summary>
        public TaskCompletionSource? First { get; set; }
    }
}
