using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.FanOut;

/// <content>What is read from the channel for subscribers that the cache does not serve; once for all that ask for the same.</content>
internal sealed partial class ChannelAttachment
{
    // One answer holds at most 256 KiB, so the count only bounds the objects of tiny publications.
    private const int PageSize = 256;

    private readonly Dictionary<Position, Task<ReplayPage>> _pages = [];
    private Task<ReplaySnapshot>? _snapshot;

    /// <summary>Reads the page after a position. Never throws.</summary>
    public Task<ReplayPage> ReadPageAsync(Position after)
    {
        lock (_lock)
        {
            if (!_pages.TryGetValue(after, out var page))
            {
                page = FetchPageAsync(after);
                _pages.Add(after, page);
            }

            return page;
        }
    }

    /// <summary>
    /// Looks whether what follows a position is still there. Where one page reaches the cache it is the page that is read, which the
    /// cache then keeps: of all who come back from there, one has to ask the channel. Never throws.
    /// </summary>
    public Task<ReplayPage> ReadForResumeAsync(Position from)
    {
        lock (_lock)
        {
            var missing = _cache.First - 1 - from.Sequence;
            if (from.Epoch == _head.Position.Epoch && missing is > 0 and <= PageSize && _cache.HasRoomFor(missing))
            {
                return ReadPageAsync(from);
            }
        }

        return FetchAsync(from, limit: 1);
    }

    /// <summary>
    /// The snapshot of a compact channel; an earlier one is given again while the cache holds all that came after it. Never throws.
    /// </summary>
    public Task<ReplaySnapshot> ReadSnapshotAsync()
    {
        lock (_lock)
        {
            if (_snapshot is { IsCompleted: false } || (_snapshot is { Result: var latest } && IsCurrentLocked(latest)))
            {
                return _snapshot;
            }

            return _snapshot = FetchSnapshotAsync();
        }
    }

    /// <summary>As <see cref="ReadSnapshotAsync()"/>, but one that tells of everything up to <paramref name="through"/>.</summary>
    public async Task<ReplaySnapshot> ReadSnapshotAsync(Position through)
    {
        while (true)
        {
            var reading = ReadSnapshotAsync();
            var snapshot = await reading.ConfigureAwait(false);
            if (snapshot.Refusal is not null || snapshot.Position.Epoch != through.Epoch
                || snapshot.Position.Sequence >= through.Sequence)
            {
                return snapshot;
            }

            lock (_lock)
            {
                // It was asked for before the channel came that far: whoever comes first asks anew, for all.
                if (_snapshot == reading)
                {
                    _snapshot = null;
                }
            }
        }
    }

    /// <summary>Reads from the channel, with an unreachable one as a refusal.</summary>
    public async Task<ReadOutcome> ReadAsync(ReadRequest request)
    {
        try
        {
            return await _channel.ReadAsync(request, _node.Stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            return ReadOutcome.Refused(Refusals.Unreachable(Name));
        }
        catch (Exception exception)
        {
            _node.Log.ChannelFailed(Name.Value, exception);
            return ReadOutcome.Refused(Refusals.Unreachable(Name));
        }
    }

    private bool IsCurrentLocked(ReplaySnapshot snapshot) =>
        snapshot.Refusal is null
        && snapshot.Position.Epoch == _head.Position.Epoch
        && (snapshot.Position.Sequence >= _head.Position.Sequence || _cache.Covers(snapshot.Position.Sequence + 1));

    private async Task<ReplayPage> FetchPageAsync(Position after)
    {
        var generation = _head.Generation;

        // The dictionary is filled under the lock, so the call leaves it first.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var page = await FetchAsync(after, PageSize).ConfigureAwait(false);
        lock (_lock)
        {
            _pages.Remove(after);
            if (generation == _head.Generation && page.Position.Epoch == _head.Position.Epoch)
            {
                KeepBeforeCacheLocked(page.Items);
            }
        }

        return page;
    }

    private async Task<ReplayPage> FetchAsync(Position after, int limit)
    {
        var outcome = await ReadAsync(EdgeReads.After(after, limit)).ConfigureAwait(false);
        return new ReplayPage(Wrap(outcome.Publications), outcome.IsLost, outcome.Position, outcome.Refusal)
        {
            IsFromLog = outcome.IsFromLog,
        };
    }

    private void KeepBeforeCacheLocked(CachedPublication[] page)
    {
        if (_cache.Count == 0 || page.Length == 0 || page[^1].Sequence < _cache.First - 1)
        {
            return;
        }

        var older = Math.Max(0, _cache.First - page[0].Sequence);
        _cache.AddBefore(page.AsSpan(0, (int)Math.Min(older, page.Length)));
    }

    private async Task<ReplaySnapshot> FetchSnapshotAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var outcome = await _channel.ReadSnapshotAsync(_node.Stopping).ConfigureAwait(false);
            return new ReplaySnapshot(
                outcome.Refusal is null ? Wrap(outcome.Publications) : [], outcome.Position, outcome.Refusal)
            {
                Removed = outcome.Refusal is null ? Wrap(outcome.Removed) : [],
                RemovalsKnownAfter = outcome.RemovalsKnownAfter,
            };
        }
        catch (Exception exception) when (exception is ActorUnavailableException or OperationCanceledException)
        {
            return new ReplaySnapshot([], default, Refusals.Unreachable(Name));
        }
        catch (Exception exception)
        {
            _node.Log.ChannelFailed(Name.Value, exception);
            return new ReplaySnapshot([], default, Refusals.Unreachable(Name));
        }
    }

    /// <summary>Takes the frames that the cache has already, and wraps the rest.</summary>
    private CachedPublication[] Wrap(IReadOnlyList<Publication> publications)
    {
        var wrapped = new CachedPublication[publications.Count];
        for (var i = 0; i < wrapped.Length; i++)
        {
            var cached = Find(publications[i].Sequence);
            wrapped[i] = cached is not null && ReferenceEquals(cached.Publication, publications[i])
                ? cached
                : new CachedPublication(Name, publications[i]);
        }

        return wrapped;
    }
}
