using System.Diagnostics;
using OrleansRealtime.LoadTest.Measuring;

namespace OrleansRealtime.LoadTest.Durable;

/// <summary>Inserts rows as fast as one connection can: nothing is asked, nothing is checked, nobody is told.</summary>
internal abstract class BareLoop : IAsyncDisposable
{
    private readonly Dictionary<int, long> _sequences = [];
    private long _number;

    protected BareLoop(int payloadBytes) => Payload = Marker.Payload(0, 0, payloadBytes);

    /// <summary>What every row holds.</summary>
    protected byte[] Payload { get; }

    /// <summary>Inserts for so long; returns rows per second.</summary>
    /// <remarks>Channels, senders and message ids are spread as the publishers' are, so that indexes grow in the same places.</remarks>
    public async Task<double> RunAsync(int rowsPerTransaction, Level level, bool hasIds, TimeSpan duration)
    {
        var rows = new BareRow[rowsPerTransaction];
        var (count, watch) = (0L, Stopwatch.StartNew());
        while (watch.Elapsed < duration)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var publisher = (int)(++_number % level.Connections);
                var channel = publisher % level.Channels;
                var sequence = _sequences[channel] = _sequences.GetValueOrDefault(channel) + 1;
                rows[i] = new BareRow(channel, sequence, $"user{publisher}", hasIds ? $"bench-{_number:x8}" : null);
            }

            await InsertAsync(rows);
            count += rows.Length;
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Inserts the rows in one transaction, which is durable when this returns.</summary>
    protected abstract Task InsertAsync(BareRow[] rows);

    /// <summary>A row.</summary>
    protected readonly record struct BareRow(int Channel, long Sequence, string Sender, string? MessageId)
    {
        public const long TimeMs = 1_800_000_000_000;

        public string? Key => null;
    }
}
