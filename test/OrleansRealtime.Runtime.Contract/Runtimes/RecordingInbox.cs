using OrleansRealtime.Core.Delivery;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Runtime.Contract.Runtimes;

/// <summary>An edge that keeps what it receives, and says when something is there. Safe for concurrent use.</summary>
public sealed class RecordingInbox : IEdgeInbox
{
    private readonly Lock _lock = new();
    private readonly List<EdgeMessage> _received = [];
    private readonly List<(Func<IReadOnlyList<EdgeMessage>, bool> Match, TaskCompletionSource Reached)> _waiters = [];

    /// <summary>All that came, in order.</summary>
    public IReadOnlyList<EdgeMessage> Received
    {
        get
        {
            lock (_lock)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>All publications that came, in order.</summary>
    public IReadOnlyList<Publication> Publications =>
        [.. Received.OfType<PublicationBatch>().SelectMany(static batch => batch.Publications)];

    public void Receive(EdgeMessage message)
    {
        lock (_lock)
        {
            _received.Add(message);
            foreach (var waiter in _waiters.Where(waiter => waiter.Match(_received)).ToList())
            {
                _waiters.Remove(waiter);
                waiter.Reached.SetResult();
            }
        }
    }

    /// <summary>The first message of this kind that matches, come already or yet to come.</summary>
    public async Task<T> When<T>(Func<T, bool>? match = null)
        where T : EdgeMessage
    {
        await When(all => all.OfType<T>().Any(match ?? (static _ => true)));
        return Received.OfType<T>().First(match ?? (static _ => true));
    }

    /// <summary>All publications, once there are at least so many.</summary>
    public async Task<IReadOnlyList<Publication>> WhenPublications(int count)
    {
        await When(all => all.OfType<PublicationBatch>().Sum(static batch => batch.Publications.Length) >= count);
        return Publications;
    }

    private Task When(Func<IReadOnlyList<EdgeMessage>, bool> match)
    {
        lock (_lock)
        {
            if (match(_received))
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, reached));
            return reached.Task;
        }
    }
}
