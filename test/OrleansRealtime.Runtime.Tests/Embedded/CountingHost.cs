using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Tests.Embedded;

/// <summary>A host that does what its test says and knows when the runtime breaks its promises.</summary>
internal sealed class CountingHost(IActivation activation, HostScript script) : IActorHost
{
    private int _inside;

    public IActivation Activation { get; } = activation;

    public List<int> Seen { get; } = [];

    public bool IsActive { get; private set; }

    public DateTimeOffset? NextDue { get; set; }

    public bool IsIdle { get; set; } = true;

    public DateTimeOffset LastActive => script.LastActive();

    public async ValueTask ActivateAsync(CancellationToken cancellationToken)
    {
        await script.Activating(cancellationToken);
        IsActive = true;
    }

    public async ValueTask DeactivateAsync(CancellationToken cancellationToken)
    {
        IsActive = false;
        await script.Deactivating(cancellationToken);
    }

    public ValueTask TickAsync()
    {
        NextDue = null;
        return script.Ticking();
    }

    public void DropEdges(IReadOnlySet<EdgeId> edges) => Touch(0);

    /// <summary>One turn: fails if the host is not active, or if another turn is under way.</summary>
    public int Touch(int value)
    {
        Assert.Equal(1, Interlocked.Increment(ref _inside));
        Assert.True(IsActive, "A call was started on a host that is not active.");
        Seen.Add(value);
        Interlocked.Decrement(ref _inside);
        return Seen.Count;
    }
}

/// <summary>What a <see cref="CountingHost"/> does.</summary>
internal sealed class HostScript
{
    public Func<CancellationToken, ValueTask> Activating { get; set; } = static _ => ValueTask.CompletedTask;

    public Func<CancellationToken, ValueTask> Deactivating { get; set; } = static _ => ValueTask.CompletedTask;

    public Func<ValueTask> Ticking { get; set; } = static () => ValueTask.CompletedTask;

    public Func<DateTimeOffset> LastActive { get; set; } = static () => default;
}
