using System.Collections.Concurrent;

namespace OrleansRealtime.Runtime.Grains.Actors;

/// <summary>The active actors of this silo, swept together: one timer for all of them. Safe for concurrent use.</summary>
internal sealed class ActorSweep
{
    private readonly ConcurrentDictionary<ISweptActor, bool> _actors = new();

    /// <summary>How many actors are active.</summary>
    public int Count => _actors.Count;

    public void Add(ISweptActor actor) => _actors[actor] = true;

    public void Remove(ISweptActor actor) => _actors.TryRemove(actor, out _);

    /// <summary>Lets every actor drop edges that are gone. Returns at once.</summary>
    public void DropEdges(IReadOnlySet<EdgeId> edges)
    {
        foreach (var (actor, _) in _actors)
        {
            actor.DropEdges(edges);
        }
    }

    /// <summary>Lets every actor do what is due, and takes down those that were idle for long. Completes when all that is done.</summary>
    public async Task RunAsync(DateTimeOffset now)
    {
        List<Task>? unfinished = null;
        foreach (var (actor, _) in _actors)
        {
            var sweep = actor.SweepAsync(now);
            if (!sweep.IsCompletedSuccessfully)
            {
                (unfinished ??= []).Add(sweep);
            }
        }

        await Task.WhenAll(unfinished ?? []);
    }
}
