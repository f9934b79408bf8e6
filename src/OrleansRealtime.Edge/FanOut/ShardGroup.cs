namespace OrleansRealtime.Edge.FanOut;

/// <summary>The subscribers that one channel has on one shard, and the walk over them.</summary>
/// <remarks>
/// Members are touched on the shard only, but for <see cref="Schedule"/>, <see cref="Add(IShardEvent)"/> and
/// <see cref="CheckAccess"/>. However many deliveries come before the walk, there is one walk.
/// </remarks>
internal sealed class ShardGroup : IShardWork
{
    // Signals are worth nothing late, so a shard that lags keeps only the newest.
    private const int MaxEvents = 256;

    private readonly ChannelAttachment _attachment;
    private readonly Shard _shard;
    private readonly EdgeNode _node;
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<CachedPublication> _window = [];
    private readonly JoinedFrames _joined = new();
    private readonly Lock _eventsLock = new();
    private Queue<IShardEvent>? _events;
    private long _walked;
    private long _liveAfter;
    private int _liveGeneration;
    private int _generation = -1;
    private int _count;
    private int _isScheduled;
    private int _isCheckDue;

    /// <summary>Creates an empty group.</summary>
    public ShardGroup(ChannelAttachment attachment, Shard shard, EdgeNode node)
    {
        _attachment = attachment;
        _shard = shard;
        _node = node;
    }

    /// <summary>Adds a subscriber that is live from now on.</summary>
    public void Add(Subscription subscription)
    {
        if (_subscriptions.Count == 0)
        {
            // What is cached from before waited for nobody here, and says nothing of how long deliveries take.
            var head = _attachment.Head;
            (_liveAfter, _liveGeneration) = (head.Position.Sequence, head.Generation);
        }

        subscription.Index = _subscriptions.Count;
        _subscriptions.Add(subscription);
        Volatile.Write(ref _count, _subscriptions.Count);
    }

    /// <summary>Removes a subscriber.</summary>
    public void Remove(Subscription subscription)
    {
        var last = _subscriptions[^1];
        _subscriptions[subscription.Index] = last;
        last.Index = subscription.Index;
        _subscriptions.RemoveAt(_subscriptions.Count - 1);
        subscription.Index = -1;
        Volatile.Write(ref _count, _subscriptions.Count);
    }

    /// <summary>Has the shard walk its subscribers, once for whatever is new by then.</summary>
    public void Schedule()
    {
        if (Volatile.Read(ref _count) > 0 && Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            _shard.Post(this);
        }
    }

    /// <summary>Takes a signal or a presence change along in the next walk.</summary>
    public void Add(IShardEvent item)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        lock (_eventsLock)
        {
            _events ??= new Queue<IShardEvent>();
            if (_events.Count >= MaxEvents && item.IsDroppable)
            {
                _node.Metrics.Dropped("signal");
                return;
            }

            _events.Enqueue(item);
        }

        Schedule();
    }

    /// <summary>Has the shard check its subscribers' rights again, because the grants changed.</summary>
    public void CheckAccess()
    {
        Volatile.Write(ref _isCheckDue, 1);
        Schedule();
    }

    /// <summary>How many subscribers lack publications that are here, and how many the last of them lacks; asked on the shard.</summary>
    public Task<(int Behind, long Most)> MeasureLagAsync()
    {
        var measured = new TaskCompletionSource<(int, long)>(TaskCreationOptions.RunContinuationsAsynchronously);
        _shard.Post(() =>
        {
            var head = _attachment.Head.Position;
            var (behind, most) = (0, 0L);
            foreach (var subscription in _subscriptions)
            {
                var lag = head.Sequence - subscription.SentThrough.Sequence;
                behind += lag > 0 ? 1 : 0;
                most = Math.Max(most, lag);
            }

            measured.SetResult((behind, most));
        });
        return measured.Task;
    }

    /// <inheritdoc/>
    void IShardWork.Run()
    {
        Interlocked.Exchange(ref _isScheduled, 0);
        if (Interlocked.Exchange(ref _isCheckDue, 0) != 0)
        {
            CheckAll();
        }

        WalkPublications();
        WalkEvents();
    }

    private void WalkPublications()
    {
        var head = _attachment.CopyAfter(_generation, _walked, _window);
        var sent = 0;
        foreach (var subscription in _subscriptions)
        {
            sent += subscription.TryTakeWhole(head, _window, _joined)
                ? _window.Count
                : subscription.Pump(head, _window);
        }

        if (sent > 0)
        {
            _node.Metrics.PublicationsOut(sent);
            foreach (var publication in _window)
            {
                if (publication.Sequence > _liveAfter || head.Generation != _liveGeneration)
                {
                    _shard.Latency.Note(publication);
                }
            }
        }

        _joined.Clear();
        _window.Clear();
        _walked = head.Position.Sequence;
        _generation = head.Generation;
    }

    private void WalkEvents()
    {
        while (true)
        {
            IShardEvent? item;
            lock (_eventsLock)
            {
                if (_events is null || !_events.TryDequeue(out item))
                {
                    return;
                }
            }

            foreach (var subscription in _subscriptions)
            {
                item.Deliver(subscription);
            }
        }
    }

    private void CheckAll()
    {
        // From the end, because whoever loses the right is removed on the way.
        for (var i = _subscriptions.Count - 1; i >= 0; i--)
        {
            _node.Subscriber.CheckAgain(_subscriptions[i]);
        }
    }
}
