using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>All activations of one kind of actor, by key. Safe for concurrent use.</summary>
internal sealed class ActorTable<TKey, THost>(
    string kind,
    Func<TKey, IActivation, THost> createHost,
    EmbeddedRuntimeOptions options,
    TimeProvider time,
    EmbeddedMetrics metrics,
    ILogger logger)
    : IDisposable
    where TKey : notnull
    where THost : class, IActorHost
{
    private readonly ConcurrentDictionary<TKey, Activation<TKey, THost>> _activations = new();
    private readonly CancellationTokenSource _stopping = new();

    public TimeSpan IdleTimeout { get; } = options.IdleTimeout;

    public TimeSpan DeactivationTimeout { get; } = options.DeactivationTimeout;

    public TimeProvider Time => time;

    public TurnTime TurnTime { get; } = metrics.TurnTime(kind);

    /// <summary>Ends what activations in the making wait for, when the runtime stops.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public bool IsStopping => _stopping.IsCancellationRequested;

    public int Count => _activations.Count;

    /// <summary>The activation of <paramref name="key"/>, a new one that is yet to begin if there is none.</summary>
    /// <remarks>
    /// One that is added in the instant in which the table stops never gets a host: it looks whether the table stops when it
    /// begins, and nobody but itself takes it out of the table. Either whoever stops finds it there, or it finds out itself.
    /// </remarks>
    /// <exception cref="ActorUnavailableException">The runtime stops.</exception>
    public Activation<TKey, THost> Get(TKey key) =>
        _activations.TryGetValue(key, out var activation) ? activation : Add(key);

    public THost CreateHost(TKey key, IActivation activation) => createHost(key, activation);

    /// <summary>Puts a new activation, which starts with the calls that wait, in the place of one that is down.</summary>
    public Activation<TKey, THost> Succeed(Activation<TKey, THost> gone, Queue<ActorCall<THost>> waiting)
    {
        var successor = new Activation<TKey, THost>(this, gone.Key, waiting);
        _activations[gone.Key] = successor;
        return successor;
    }

    public void Remove(Activation<TKey, THost> gone) => _activations.TryRemove(KeyValuePair.Create(gone.Key, gone));

    /// <summary>Lets every actor do what is due, and takes down those that were idle for long. Completes when all that is done.</summary>
    public async Task SweepAsync()
    {
        var now = time.GetUtcNow();
        List<Task>? unfinished = null;
        foreach (var (_, activation) in _activations)
        {
            if (!activation.IsSweepDue(now))
            {
                continue;
            }

            var sweep = activation.SweepAsync(now);
            if (!sweep.IsCompletedSuccessfully)
            {
                (unfinished ??= []).Add(sweep);
            }
        }

        await Task.WhenAll(unfinished ?? []);
    }

    /// <summary>Takes all actors down; calls are turned away from now on.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        try
        {
            // Again, because one that goes down may have left the calls that waited for it to a successor.
            while (!_activations.IsEmpty)
            {
                await Task.WhenAll(_activations.Values.Select(static activation => activation.StopAsync("stopping")))
                    .WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            logger.ActorsLeftBehind(Count);
        }
    }

    public void Activated(TKey key)
    {
        metrics.Activated(kind);
        logger.ActorActivated(kind, key.ToString());
    }

    public void ActivationFailed(TKey key, Exception failure)
    {
        metrics.ActivationFailed(kind);
        if (failure is ActorUnavailableException or StorageException or OperationCanceledException)
        {
            logger.ActivationFailed(kind, key.ToString(), failure);
        }
        else
        {
            logger.ActivationBroke(kind, key.ToString(), failure);
        }
    }

    public void Deactivated(TKey key, string reason)
    {
        metrics.Deactivated(kind, reason);
        logger.ActorDeactivated(kind, key.ToString(), reason);
    }

    public void DeactivationFailed(TKey key, Exception failure) => logger.DeactivationFailed(kind, key.ToString(), failure);

    public void TurnFailed(TKey key, Exception failure) => logger.TurnFailed(kind, key.ToString(), failure);

    /// <summary>What a host tells of that none of its callers hears.</summary>
    public void Reported(TKey key, string what, Exception failure)
    {
        if (failure is ActorUnavailableException or StorageException)
        {
            logger.ActorHampered(kind, key.ToString(), what, failure);
        }
        else
        {
            logger.ActorFailed(kind, key.ToString(), what, failure);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private Activation<TKey, THost> Add(TKey key) =>
        IsStopping
            ? throw new ActorUnavailableException($"The {kind} '{key}' cannot be activated because the runtime stops.")
            : _activations.GetOrAdd(
                key, static (key, table) => new Activation<TKey, THost>(table, key, waiting: null), this);
}
