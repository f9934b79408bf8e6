using System.Collections.Immutable;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Testing;

/// <summary>A channel log in memory that keeps every obligation of <see cref="IChannelLog"/> but durability. Safe for concurrent use.</summary>
/// <param name="time">The clock, for what ages.</param>
public sealed class MemoryChannelLog(TimeProvider time) : IChannelLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ChannelName, StoredChannel> _channels = [];

    /// <inheritdoc/>
    public TimeSpan MessageIdRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Whether what exceeds a retention is dropped at once; if not, it stays for good, as the port allows for a while.</summary>
    public bool TrimsInTime { get; init; } = true;

    /// <summary>All that was ever appended to a channel, trimmed or not, in order of appending.</summary>
    public ImmutableArray<Publication> History(ChannelName channel)
    {
        lock (_lock)
        {
            return _channels.TryGetValue(channel, out var stored) ? [.. stored.History] : [];
        }
    }

    /// <inheritdoc/>
    public ValueTask<OpenedLog> OpenAsync(ChannelName channel, Epoch newEpoch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_channels.TryGetValue(channel, out var stored))
            {
                stored = new StoredChannel(newEpoch);
                _channels.Add(channel, stored);
            }

            stored.Fence++;
            return new(new OpenedLog(new Position(stored.Epoch, stored.Last), stored.Oldest, new Fence(stored.Fence)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendOutcome> AppendAsync(
        ChannelName channel, Fence fence, ImmutableArray<Publication> batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Check(batch);
        lock (_lock)
        {
            var stored = _channels[channel];
            if (fence.Number != stored.Fence)
            {
                return new(AppendOutcome.FencedOff);
            }

            if (batch.IsEmpty)
            {
                return new(AppendOutcome.Appended);
            }

            var now = time.GetUtcNow();
            stored.ForgetMessages(now - MessageIdRetention);
            if (stored.FindKnown(batch) is { IsEmpty: false } known)
            {
                return new(new AppendDuplicates(known));
            }

            stored.Append(batch, now);
            TrimLocked(stored);
            return new(AppendOutcome.Appended);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Publication>> ReadAsync(
        ChannelName channel,
        Epoch epoch,
        long after,
        long through,
        int maxCount,
        long maxBytes,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var found = ImmutableArray.CreateBuilder<Publication>();
            if (Find(channel, epoch) is { } stored)
            {
                long bytes = 0;
                foreach (var publication in stored.Retained.Where(p => p.Sequence > after && p.Sequence <= through))
                {
                    bytes += publication.Payload.Length;
                    if (found.Count == maxCount || (bytes > maxBytes && found.Count > 0))
                    {
                        break;
                    }

                    found.Add(publication);
                }
            }

            return new(found.DrainToImmutable());
        }
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Publication>> ReadLatestByKeyAsync(
        ChannelName channel, Epoch epoch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new(Find(channel, epoch)?.LatestByKey() ?? []);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Position?> FindMessageAsync(
        ChannelName channel, Sender sender, string messageId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new(
                _channels.TryGetValue(channel, out var stored)
                && stored.Messages.TryGetValue((sender, messageId), out var message)
                    ? message.Position
                    : null);
        }
    }

    /// <inheritdoc/>
    public void SetRetention(ChannelName channel, ReplayPolicy retention, bool compact)
    {
        lock (_lock)
        {
            if (_channels.TryGetValue(channel, out var stored))
            {
                stored.Retention = retention;
                stored.IsCompact = compact;
                TrimLocked(stored);
            }
        }
    }

    /// <summary>Trims what exceeds the channel's retention by now, as a store does in the background.</summary>
    public void Trim(ChannelName channel)
    {
        lock (_lock)
        {
            TrimLocked(_channels[channel]);
        }
    }

    /// <summary>Drops all before <paramref name="oldest"/>, whatever the retention.</summary>
    public void TrimTo(ChannelName channel, long oldest)
    {
        lock (_lock)
        {
            _channels[channel].Retained.RemoveAll(publication => publication.Sequence < oldest);
        }
    }

    /// <summary>Loses one stored publication, as only a store with a bug does.</summary>
    public void Lose(ChannelName channel, long sequence)
    {
        lock (_lock)
        {
            _channels[channel].Retained.RemoveAll(publication => publication.Sequence == sequence);
        }
    }

    private void TrimLocked(StoredChannel stored)
    {
        if (TrimsInTime)
        {
            stored.Trim(time.GetUtcNow());
        }
    }

    /// <summary>A batch that breaks these rules is a bug of its owner, and nothing of it is stored.</summary>
    private static void Check(ImmutableArray<Publication> batch)
    {
        if (batch.Where((publication, i) => publication.Sequence != batch[0].Sequence + i).Any()
            || batch.Where(static p => p.MessageId is not null).GroupBy(static p => (p.From, p.MessageId)).Any(static g => g.Count() > 1))
        {
            throw new ArgumentException("A batch has a hole, or a message id twice.", nameof(batch));
        }
    }

    private StoredChannel? Find(ChannelName channel, Epoch epoch) =>
        _channels.TryGetValue(channel, out var stored) && stored.Epoch == epoch ? stored : null;

    private sealed class StoredChannel(Epoch epoch)
    {
        public Epoch Epoch { get; } = epoch;

        public long Fence { get; set; }

        public long Last { get; private set; }

        public long Oldest => Retained.Count == 0 ? Last + 1 : Retained[0].Sequence;

        public ReplayPolicy? Retention { get; set; }

        public bool IsCompact { get; set; }

        public List<Publication> Retained { get; } = [];

        public List<Publication> History { get; } = [];

        public Dictionary<(Sender, string), (Position Position, DateTimeOffset Time)> Messages { get; } = [];

        private Dictionary<string, Publication> KeptForKey { get; } = [];

        public ImmutableArray<KnownMessage> FindKnown(ImmutableArray<Publication> batch) =>
        [
            .. batch
                .Where(p => p.MessageId is not null && Messages.ContainsKey((p.From, p.MessageId)))
                .Select(p => new KnownMessage(p.From, p.MessageId!, Messages[(p.From, p.MessageId!)].Position)),
        ];

        public void Append(ImmutableArray<Publication> batch, DateTimeOffset now)
        {
            if (batch[0].Sequence != Last + 1)
            {
                throw new InvalidOperationException($"Publication {batch[0].Sequence} cannot follow {Last}.");
            }

            foreach (var publication in batch)
            {
                // A store keeps bytes of its own.
                var own = publication with
                {
                    Payload = publication.Payload with { Bytes = publication.Payload.Bytes.ToArray() },
                };
                Retained.Add(own);
                History.Add(own);
                Last = own.Sequence;
                if (own.MessageId is { } messageId)
                {
                    Messages.Add((own.From, messageId), (new Position(Epoch, own.Sequence), now));
                }
            }
        }

        public void ForgetMessages(DateTimeOffset before)
        {
            foreach (var (message, kept) in Messages)
            {
                if (kept.Time < before && !IsRetained(kept.Position.Sequence))
                {
                    Messages.Remove(message);
                }
            }
        }

        private bool IsRetained(long sequence) =>
            sequence >= Oldest || KeptForKey.Values.Any(publication => publication.Sequence == sequence);

        public void Trim(DateTimeOffset now)
        {
            if (Retention is not { } retention)
            {
                return;
            }

            while (Retained.Count > 0
                && (Retained.Count > retention.Count
                    || Retained.Sum(static p => (long)p.Payload.Length) > retention.Bytes
                    || now - Retained[0].Time > retention.Age))
            {
                if (IsCompact && Retained[0].Key is { } key)
                {
                    KeptForKey[key] = Retained[0];
                }

                Retained.RemoveAt(0);
            }
        }

        public ImmutableArray<Publication> LatestByKey()
        {
            var latest = new Dictionary<string, Publication>(KeptForKey);
            foreach (var publication in Retained.Where(static p => p.Key is not null))
            {
                latest[publication.Key!] = publication;
            }

            return [.. latest.Values.Where(static p => !p.IsTombstone).OrderBy(static p => p.Sequence)];
        }
    }
}
