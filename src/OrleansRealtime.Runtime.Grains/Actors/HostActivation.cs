using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Grains.Actors;

/// <summary>The life of a host inside its grain's activation.</summary>
/// <remarks>
/// Every member but <see cref="SweepAsync"/> is used in the grain's turns. A host that could not be activated does not fail the
/// grain's own activation, because Orleans would hold back its callers for seconds: the callers are told, and the next call
/// brings up a new activation.
/// </remarks>
internal sealed class HostActivation<THost> : IActivation, ISweptActor
    where THost : class, IActorHost
{
    private readonly IGrainContext _context;
    private readonly RealtimeSilo _silo;
    private readonly string _kind;
    private readonly bool _isAskedWhileBusy;
    private THost? _host;
    private Exception? _failure;

    // Written in turns, read by the sweep.
    private long _askAtTicks;
    private int _isAsking;

    /// <summary>Creates the activation; <see cref="OpenAsync"/> must follow.</summary>
    /// <param name="context">The grain.</param>
    /// <param name="silo">Where it lives.</param>
    /// <param name="kind">The word for its kind, for logs.</param>
    /// <param name="isAskedWhileBusy">
    /// Whether what the host waits for can change without a call, so that it is asked in every sweep until it is idle.
    /// </param>
    public HostActivation(IGrainContext context, RealtimeSilo silo, string kind, bool isAskedWhileBusy)
    {
        _context = context;
        _silo = silo;
        _kind = kind;
        _isAskedWhileBusy = isAskedWhileBusy;
    }

    /// <summary>The host, for a call that does not change what it waits for.</summary>
    /// <exception cref="ActorUnavailableException">The host could not be activated.</exception>
    public THost Host => _host ?? throw Unavailable();

    /// <summary>Whether the host is up.</summary>
    public bool IsOpen => _host is not null;

    private string Key => _context.GrainId.Key.ToString() ?? "";

    /// <summary>The host, for a call after which it may wait for something else.</summary>
    /// <exception cref="ActorUnavailableException">The host could not be activated.</exception>
    public THost Wake()
    {
        Volatile.Write(ref _askAtTicks, 0);
        return Host;
    }

    /// <summary>Brings the host up.</summary>
    public async Task OpenAsync(Func<string, IActivation, THost> create, CancellationToken cancellationToken)
    {
        try
        {
            var host = create(Key, this);
            await host.ActivateAsync(cancellationToken);
            _host = host;
            _silo.Activated(_kind, Key);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _failure = failure;
            _silo.ActivationFailed(_kind, Key, failure);
        }

        _silo.Sweep.Add(this);
    }

    /// <summary>Takes the host down: it ends what is in flight, and hands over.</summary>
    public async Task CloseAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _silo.Sweep.Remove(this);
        if (_host is not { } host)
        {
            return;
        }

        try
        {
            await host.DeactivateAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            _silo.DeactivationFailed(_kind, Key, failure);
        }

        _silo.Deactivated(_kind, Key, reason);
    }

    /// <inheritdoc/>
    public void Deactivate(string reason) =>
        _context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, reason));

    /// <inheritdoc/>
    public async Task SweepAsync(DateTimeOffset now)
    {
        if (Volatile.Read(ref _askAtTicks) > now.UtcTicks || Interlocked.Exchange(ref _isAsking, 1) != 0)
        {
            return;
        }

        var asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _context.Scheduler.QueueAction(() => _ = AskAsync(now, asked));
        if (await asked.Task)
        {
            await _context.Deactivated;
        }
    }

    /// <inheritdoc/>
    public void DropEdges(IReadOnlySet<EdgeId> edges) => _context.Scheduler.QueueAction(() =>
    {
        try
        {
            _host?.DropEdges(edges);
            Volatile.Write(ref _askAtTicks, 0);
        }
        catch (Exception failure)
        {
            _silo.TickFailed(_kind, Key, failure);
        }
    });

    /// <summary>In a turn: does what is due, and takes the host down if it was idle for long. Says whether it goes down.</summary>
    private async Task AskAsync(DateTimeOffset now, TaskCompletionSource<bool> asked)
    {
        var goesDown = false;
        try
        {
            if (_host?.NextDue <= now)
            {
                await _host.TickAsync();
            }

            goesDown = _host is null || (_host.IsIdle && _host.LastActive + _silo.IdleTimeout <= now);
            if (goesDown)
            {
                Deactivate("idle");
            }
            else
            {
                Volatile.Write(ref _askAtTicks, NextAsk(_host!, now).UtcTicks);
            }
        }
        catch (Exception failure)
        {
            _silo.TickFailed(_kind, Key, failure);
        }
        finally
        {
            Volatile.Write(ref _isAsking, 0);
            asked.SetResult(goesDown);
        }
    }

    private DateTimeOffset NextAsk(THost host, DateTimeOffset now)
    {
        if (!host.IsIdle && _isAskedWhileBusy)
        {
            return now;
        }

        // Whether a host is idle may depend on the time, so one that is not is asked again.
        var idleAt = host.LastActive + _silo.IdleTimeout;
        var ask = idleAt > now ? idleAt : now + _silo.IdleTimeout;
        return host.NextDue is { } due && due < ask ? due : ask;
    }

    private Exception Unavailable()
    {
        // After this turn, so that all that wait for the same failed activation hear of it and only later calls try anew.
        _context.Scheduler.QueueAction(() => Deactivate("its activation failed"));
        return _failure switch
        {
            ActorUnavailableException or ArgumentException or FormatException => _failure,
            _ => new ActorUnavailableException($"The {_kind} '{Key}' could not be activated; try again.", _failure!),
        };
    }
}
