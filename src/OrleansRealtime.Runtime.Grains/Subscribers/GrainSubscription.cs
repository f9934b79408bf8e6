using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Subscribers;

namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>One activation's subscription: brings what its cursor says to the grain's turns, one step for each.</summary>
/// <remarks>
/// Told by its link from anywhere, and run by a grain timer, which Orleans lets fire as it lets a call begin: not while the grain
/// is in another. Reads happen outside the turns, so that a channel that is slow to answer never holds up the grain.
/// </remarks>
internal sealed class GrainSubscription : IChannelSubscription
{
    /// <summary>How many signals and presence changes wait at most.</summary>
    internal const int MaxHints = 1024;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly IGrainContext _context;
    private readonly IGrainTimer _timer;
    private readonly ChannelLink _link;
    private readonly IChannelSubscriber _subscriber;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _lock.
    private readonly SubscriberCursor _cursor;
    private readonly Queue<ChannelMessage> _hints = [];
    private ReadStep? _reading;
    private bool _isReadRefused;
    private bool _isTurnAsked;
    private bool _isInTurn;
    private bool _hasEnded;

    // Used in turns only.
    private int _failures;

    /// <summary>Creates the subscription, in the grain's turn.</summary>
    public GrainSubscription(
        IGrainBase grain, ChannelLink link, ChannelStart start, IChannelSubscriber subscriber, ILogger logger)
    {
        _context = grain.GrainContext;
        _link = link;
        _subscriber = subscriber;
        _logger = logger;
        _cursor = new SubscriberCursor(link.Name, start);
        var never = new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true };
        _timer = grain.RegisterGrainTimer(static (self, token) => self.TakeTurnAsync(token), this, never);
        _ = EndWithActivationAsync();
    }

    /// <inheritdoc/>
    public ChannelName Channel => _link.Name;

    /// <inheritdoc/>
    public Position? Position
    {
        get
        {
            lock (_lock)
            {
                return _cursor.Position;
            }
        }
    }

    /// <inheritdoc/>
    public Task WhenLiveAsync(CancellationToken cancellationToken) => _live.Task.WaitAsync(cancellationToken);

    /// <summary>Whether it is over.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _hasEnded;
            }
        }
    }

    /// <summary>The channel stands here.</summary>
    public void OnHead(Position head)
    {
        lock (_lock)
        {
            _cursor.OnHead(head);
            GoOnLocked();
        }

        _live.TrySetResult();
    }

    /// <summary>The channel delivered a batch.</summary>
    public void OnBatch(PublicationBatch batch)
    {
        lock (_lock)
        {
            _cursor.OnBatch(batch);
            GoOnLocked();
        }
    }

    /// <summary>The channel told of a signal, or of who came and went.</summary>
    public void OnHint(ChannelMessage hint)
    {
        lock (_lock)
        {
            if (_hints.Count < MaxHints)
            {
                _hints.Enqueue(hint);
                GoOnLocked();
            }
        }
    }

    /// <summary>Tries a refused read again.</summary>
    public void Retry()
    {
        lock (_lock)
        {
            _isReadRefused = false;
            GoOnLocked();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _timer.Dispose();
    }

    private async Task EndWithActivationAsync()
    {
        // The activation disposes its timers itself.
        await _context.Deactivated.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        End();
    }

    private void End()
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            _hints.Clear();
        }

        _live.TrySetException(new ObjectDisposedException(nameof(IChannelSubscription), "The subscription, or its activation, has ended."));

        // Nobody may be waiting for it, so it counts as seen.
        _ = _live.Task.Exception;
        _link.Remove(this);
    }

    private void GoOnLocked()
    {
        if (_hasEnded || _isInTurn)
        {
            return;
        }

        var step = _cursor.Next();
        if (step is ReadStep read && !ReferenceEquals(read, _reading) && !_isReadRefused)
        {
            _reading = read;
            _ = FillAsync(read);
        }

        if (!_isTurnAsked && (_hints.Count > 0 || step is DeliverStep or InterruptStep))
        {
            _isTurnAsked = true;

            // A timer may be changed in the grain's turns only.
            _context.Scheduler.QueueAction(() => _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        }
    }

    private async Task FillAsync(ReadStep read)
    {
        // Called under the lock, which may not be held while the link's is taken.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var outcome = await _link.ReadAsync(read.After).ConfigureAwait(false);
        lock (_lock)
        {
            _reading = null;
            _isReadRefused = outcome.Refusal is not null;
            _cursor.OnRead(read, outcome);
            GoOnLocked();
        }
    }

    /// <summary>One turn of the grain: the hints that wait, and one step.</summary>
    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        ChannelMessage[] hints;
        SubscriberStep? step;
        lock (_lock)
        {
            if (_hasEnded || _isInTurn)
            {
                return;
            }

            (_isInTurn, _isTurnAsked) = (true, false);
            hints = [.. _hints];
            _hints.Clear();
            step = _cursor.Next();
        }

        foreach (var hint in hints)
        {
            await GiveHintAsync(hint, cancellationToken);
        }

        var retry = await TryStepAsync(step, cancellationToken);
        lock (_lock)
        {
            _isInTurn = false;
            _isTurnAsked = retry is not null;
            GoOnLocked();
        }

        if (retry is { } delay)
        {
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task GiveHintAsync(ChannelMessage hint, CancellationToken cancellationToken)
    {
        try
        {
            await (hint is SignalMessage signal
                ? _subscriber.OnSignalAsync(signal, cancellationToken)
                : _subscriber.OnPresenceAsync((PresenceMessage)hint, cancellationToken));
        }
        catch (Exception failure)
        {
            // The boundary to the application's code.
            _logger.SubscriberFailedOnHint(Channel.Value, _context.GrainId.ToString(), failure);
        }
    }

    /// <summary>Hands a step to the grain; how long to wait before it is tried again, or null.</summary>
    private async Task<TimeSpan?> TryStepAsync(SubscriberStep? step, CancellationToken cancellationToken)
    {
        try
        {
            switch (step)
            {
                case DeliverStep deliver:
                    await _subscriber.OnPublicationsAsync(deliver.Batch, cancellationToken);
                    break;
                case InterruptStep interrupt:
                    await _subscriber.OnInterruptedAsync(interrupt.Interruption, cancellationToken);
                    break;
                default:
                    return null;
            }
        }
        catch (Exception failure)
        {
            // The boundary to the application's code.
            if (!cancellationToken.IsCancellationRequested)
            {
                _logger.SubscriberFailed(Channel.Value, _context.GrainId.ToString(), failure);
            }

            var doublings = Math.Min(_failures++, 16);
            var delay = FirstRetry * (1 << doublings);
            return delay < LastRetry ? delay : LastRetry;
        }

        _failures = 0;
        lock (_lock)
        {
            _cursor.OnHandled();
        }

        return null;
    }
}
