using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.FanOut;

/// <summary>Something that a shard does in a turn.</summary>
internal interface IShardWork
{
    /// <summary>Does it, on the shard.</summary>
    void Run();
}

/// <summary>A serial executor that owns the subscriptions of its share of the connections.</summary>
/// <remarks>
/// State that is said to live on a shard is touched in its turns only, and needs no lock. A turn takes what was posted before it
/// began, and writes to each connection once, at its end. Code that awaits in a turn resumes in a later one, because the shard is
/// the synchronisation context; <c>await shard</c> enters one.
/// </remarks>
internal sealed class Shard : SynchronizationContext, IThreadPoolWorkItem
{
    // Long enough to join the publications of a burst into one write for each socket, short enough to share the pool's threads.
    private const int MaxWorkPerTurn = 256;

    private readonly ConcurrentQueue<object> _work = new();
    private readonly List<Connection> _dirty = [];
    private readonly Action<Exception> _onFault;
    private readonly Action<IThreadPoolWorkItem> _schedule;
    private int _isScheduled;

    /// <summary>Creates a shard.</summary>
    /// <param name="index">Which of the node's shards this is.</param>
    /// <param name="latency">Counts how long what its turns write was under way.</param>
    /// <param name="onFault">Hears of bugs.</param>
    /// <param name="schedule">Where turns are run, soon and one at a time; on the pool without it.</param>
    public Shard(int index, DeliveryLatency latency, Action<Exception> onFault, Action<IThreadPoolWorkItem>? schedule = null)
    {
        Index = index;
        Latency = latency;
        _onFault = onFault;
        _schedule = schedule ?? (static turn => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false));
    }

    /// <summary>Which of the node's shards this is.</summary>
    public int Index { get; }

    /// <summary>How long what its turns write was under way.</summary>
    public DeliveryLatency Latency { get; }

    /// <summary>Whether the caller runs in a turn of this shard.</summary>
    public bool IsCurrent => ReferenceEquals(Current, this);

    /// <summary>Whether no turn runs and none is due.</summary>
    public bool IsIdle => Volatile.Read(ref _isScheduled) == 0 && _work.IsEmpty;

    /// <summary>Does something in a later turn, in the order of posting.</summary>
    public void Post(IShardWork work) => Enqueue(work);

    /// <summary>Does something in a later turn, in the order of posting.</summary>
    public void Post(Action action) => Enqueue(action);

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => Enqueue(new Callback(d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A shard is never waited for.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Has what was appended to a connection written at the end of the turn.</summary>
    public void FlushAtEndOfTurn(Connection connection)
    {
        if (!connection.IsFlushDue)
        {
            connection.IsFlushDue = true;
            _dirty.Add(connection);
        }
    }

    /// <summary>Makes <c>await shard</c> continue in a turn.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            Turn();
        }
        finally
        {
            SetSynchronizationContext(before);
        }

        // Outside the context, so that what a carrier awaits inside does not come back here.
        Flush();
        Latency.OnWritten();

        Interlocked.Exchange(ref _isScheduled, 0);
        if (!_work.IsEmpty)
        {
            Schedule();
        }
    }

    private void Turn()
    {
        for (var i = 0; i < MaxWorkPerTurn && _work.TryDequeue(out var item); i++)
        {
            try
            {
                Run(item);
            }
            catch (Exception exception)
            {
                // One faulty piece of work must not stop the fan-out of all others.
                _onFault(exception);
            }
        }
    }

    private void Flush()
    {
        foreach (var connection in _dirty)
        {
            try
            {
                connection.FlushTurn();
            }
            catch (Exception exception)
            {
                // It costs the connection whose queue it left in the middle of a write, and no other one on this shard.
                _onFault(exception);
                connection.OnFlushFailed();
            }
        }

        _dirty.Clear();
    }

    private static void Run(object item)
    {
        switch (item)
        {
            case IShardWork work:
                work.Run();
                break;
            case Callback callback:
                callback.Function(callback.State);
                break;
            default:
                ((Action)item)();
                break;
        }
    }

    private void Enqueue(object item)
    {
        _work.Enqueue(item);
        Schedule();
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            _schedule(this);
        }
    }

    /// <summary>Continues in a turn of the shard; at once when already in one.</summary>
    internal readonly struct Awaiter(Shard shard) : ICriticalNotifyCompletion
    {
        /// <summary>Whether the caller is in a turn already.</summary>
        public bool IsCompleted => shard.IsCurrent;

        /// <summary>Nothing to give.</summary>
        public void GetResult()
        {
        }

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => shard.Post(continuation);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => shard.Post(continuation);
    }

    private sealed class Callback(SendOrPostCallback function, object? state)
    {
        public SendOrPostCallback Function { get; } = function;

        public object? State { get; } = state;
    }
}
