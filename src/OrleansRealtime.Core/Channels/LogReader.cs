using System.Collections.Immutable;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Channels;

/// <summary>Reads one numbering of one channel from its log, and trusts no answer that has a hole.</summary>
internal sealed class LogReader(IChannelLog log, ChannelName channel, Epoch epoch)
{
    /// <summary>How many publications one query of a backward read asks for: few enough that the bytes limit overshoots little.</summary>
    private const int BackwardStep = 128;

    /// <summary>
    /// The first publications of <c>after &lt; sequence &lt;= through</c>, ascending and contiguous. They start later than
    /// asked for when the log was trimmed, and there are none when all was.
    /// </summary>
    /// <exception cref="InvalidOperationException">The answer has a hole.</exception>
    public async ValueTask<ImmutableArray<Publication>> ForwardAsync(
        long after, long through, int maxCount, long maxBytes, CancellationToken cancellationToken)
    {
        var found = await log.ReadAsync(channel, epoch, after, through, maxCount, maxBytes, cancellationToken);
        for (var i = 0; i < found.Length; i++)
        {
            var isNext = i == 0 ? found[i].Sequence > after : found[i].Sequence == found[i - 1].Sequence + 1;
            if (!isNext || found[i].Sequence > through)
            {
                throw new InvalidOperationException(
                    $"The log of '{channel}' answered a read of {after + 1} to {through} with {found[i].Sequence} at index {i}.");
            }
        }

        return found;
    }

    /// <summary>
    /// The last publications of <c>oldest &lt;= sequence &lt;= through</c>, ascending and contiguous up to
    /// <paramref name="through"/>, until a limit is reached; at least one if there is one.
    /// </summary>
    /// <exception cref="InvalidOperationException">The answer has a hole.</exception>
    public async ValueTask<ImmutableArray<Publication>> BackwardAsync(
        long oldest, long through, int maxCount, long maxBytes, CancellationToken cancellationToken)
    {
        // Newest first while gathering.
        var gathered = new List<Publication>();
        long bytes = 0;
        var upper = through;
        while (upper >= oldest && gathered.Count < maxCount)
        {
            var step = Math.Min(BackwardStep, maxCount - gathered.Count);
            var chunk = await RangeAsync(Math.Max(oldest - 1, upper - step), upper, cancellationToken);
            for (var i = chunk.Count - 1; i >= 0; i--)
            {
                bytes += chunk[i].Payload.Length;
                if (bytes > maxBytes && gathered.Count > 0)
                {
                    return Ascending(gathered);
                }

                gathered.Add(chunk[i]);
            }

            if (chunk.Count < step)
            {
                // Before this the log is trimmed, or the channel begins.
                break;
            }

            upper -= step;
        }

        return Ascending(gathered);
    }

    /// <summary>All of a range that ends at <paramref name="through"/>; what was trimmed is missing at its start.</summary>
    private async ValueTask<List<Publication>> RangeAsync(long after, long through, CancellationToken cancellationToken)
    {
        var range = new List<Publication>();
        while (after < through)
        {
            var part = await ForwardAsync(after, through, int.MaxValue, ReadRequest.MaxBytes, cancellationToken);
            if (part.IsEmpty)
            {
                return [];
            }

            if (part[0].Sequence != after + 1)
            {
                // Trimmed up to here while we read: the oldest go first, so what was read before is gone too.
                range.Clear();
            }

            range.AddRange(part);
            after = part[^1].Sequence;
        }

        return range;
    }

    private static ImmutableArray<Publication> Ascending(List<Publication> newestFirst)
    {
        newestFirst.Reverse();
        return [.. newestFirst];
    }
}
