using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Runtime.Grains.Delivery;

/// <summary>Finds the silo that an edge is in, by asking the gates of all others once. Safe for concurrent use.</summary>
/// <remarks>
/// An edge never moves: its id names one life of one process. So what was found holds until someone knows better, and an edge that
/// nobody has is asked for again a moment later only.
/// </remarks>
internal sealed class EdgeFinder(
    EdgeGates gates, [FromKeyedServices(RealtimeTime.Key)] TimeProvider time, ILogger<EdgeFinder> logger)
{
    /// <summary>How long an edge that no silo has is not looked for again: 1 s.</summary>
    internal static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<EdgeId, Answer> _answers = new();

    /// <summary>How many edges are known, or known to be nowhere.</summary>
    public int Count => _answers.Count;

    /// <summary>The other silo that has this edge, or null when none has.</summary>
    public ValueTask<SiloAddress?> FindAsync(EdgeId edge)
    {
        var now = time.GetUtcNow();
        if (_answers.TryGetValue(edge, out var known) && (known.Silo is not null || now < known.UsedAt + UnknownFor))
        {
            if (known.Silo is not null)
            {
                known.UsedAt = now;
            }

            return ValueTask.FromResult(known.Silo);
        }

        return AskAllAsync(edge);
    }

    /// <summary>Forgets that the edge was in this silo.</summary>
    public void Forget(EdgeId edge, SiloAddress silo)
    {
        if (_answers.TryGetValue(edge, out var known) && silo.Equals(known.Silo))
        {
            _answers.TryRemove(KeyValuePair.Create(edge, known));
        }
    }

    /// <summary>Forgets the edges that nobody asked for since.</summary>
    public void ForgetUnused(DateTimeOffset since)
    {
        foreach (var (edge, known) in _answers)
        {
            if (known.UsedAt < since)
            {
                _answers.TryRemove(KeyValuePair.Create(edge, known));
            }
        }
    }

    private async ValueTask<SiloAddress?> AskAllAsync(EdgeId edge)
    {
        var answers = await Task.WhenAll(gates.Others().Select(silo => AskAsync(silo, edge)));
        var found = answers.FirstOrDefault(static silo => silo is not null);
        _answers[edge] = new Answer { Silo = found, UsedAt = time.GetUtcNow() };
        return found;
    }

    private async Task<SiloAddress?> AskAsync(SiloAddress silo, EdgeId edge)
    {
        try
        {
            return await gates.Of(silo).HoldsAsync(edge) ? silo : null;
        }
        catch (Exception failure) when (GrainCalls.IsUnreachable(failure))
        {
            logger.SiloNotAsked(silo.ToString(), edge, failure);
            return null;
        }
    }

    // Changed without a lock: the time of use may be off by what two callers are apart.
    private sealed class Answer
    {
        private long _usedAtTicks;

        public required SiloAddress? Silo { get; init; }

        public DateTimeOffset UsedAt
        {
            get => new(Volatile.Read(ref _usedAtTicks), TimeSpan.Zero);
            set => Volatile.Write(ref _usedAtTicks, value.UtcTicks);
        }
    }
}
