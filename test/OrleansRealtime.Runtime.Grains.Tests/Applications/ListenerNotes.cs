using System.Collections.Immutable;
using OrleansRealtime.Core.Subscribers;

namespace OrleansRealtime.Runtime.Grains.Tests.Applications;

/// <summary>What listeners write down, outside of all silos: the application's own store. Safe for concurrent use.</summary>
public sealed class ListenerNotes
{
    private readonly Lock _lock = new();
    private readonly List<(long Count, TaskCompletionSource Reached)> _waits = [];
    private ImmutableList<Publication> _handled = [];
    private ImmutableList<ChannelInterruption> _interruptions = [];
    private ImmutableList<string> _hints = [];

    /// <summary>How far the listener came, kept with what it handled; null when it never handled anything.</summary>
    public Position? Position { get; private set; }

    /// <summary>Where a listener without a position begins.</summary>
    public ChannelStart Start { get; init; } = ChannelStart.Oldest;

    /// <summary>How often the next batches are refused by an exception.</summary>
    public int Failures { get; set; }

    /// <summary>Completes when a held call may go on.</summary>
    public TaskCompletionSource Hold { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a call is held.</summary>
    public TaskCompletionSource IsHeld { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImmutableList<Publication> Handled => _handled;

    public ImmutableList<ChannelInterruption> Interruptions => _interruptions;

    public ImmutableList<string> Hints => _hints;

    public void Handle(IReadOnlyList<Publication> publications, Position end)
    {
        lock (_lock)
        {
            _handled = _handled.AddRange(publications);
            Position = end;
            Announce();
        }
    }

    public void Interrupt(ChannelInterruption interruption)
    {
        lock (_lock)
        {
            _interruptions = _interruptions.Add(interruption);
            Position = interruption.After;
            Announce();
        }
    }

    public void Hint(string hint)
    {
        lock (_lock)
        {
            _hints = _hints.Add(hint);
            Announce();
        }
    }

    /// <summary>Completes when so much was written down, of whatever kind.</summary>
    public Task WhenNoted(int count)
    {
        lock (_lock)
        {
            var wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((count, wait));
            Announce();
            return wait.Task;
        }
    }

    private void Announce()
    {
        var count = _handled.Count + _interruptions.Count + _hints.Count;
        foreach (var (_, reached) in _waits.Where(wait => wait.Count <= count))
        {
            reached.TrySetResult();
        }
    }
}
