using System.Collections.Concurrent;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Stores;

/// <summary>Keeps grants for as long as the process lives, for servers of one process without a store. Safe for concurrent use.</summary>
public sealed class MemoryGrantStore : IGrantStore
{
    private readonly ConcurrentDictionary<ChannelName, OpenedGrants> _grants = new();

    /// <inheritdoc/>
    public ValueTask<OpenedGrants> OpenAsync(ChannelName channel, CancellationToken cancellationToken)
    {
        while (_grants.TryGetValue(channel, out var known))
        {
            var mine = known with { Fence = new Fence(known.Fence.Number + 1) };
            if (_grants.TryUpdate(channel, mine, known))
            {
                return ValueTask.FromResult(mine);
            }
        }

        return ValueTask.FromResult(OpenedGrants.Nothing);
    }

    /// <inheritdoc/>
    public ValueTask<Fence?> TrySaveAsync(
        ChannelName channel, Fence fence, ChannelGrants grants, CancellationToken cancellationToken)
    {
        var known = _grants.GetValueOrDefault(channel, OpenedGrants.Nothing);
        if (known.Fence != fence || known.Grants.Version != grants.Version - 1)
        {
            return default;
        }

        var next = new OpenedGrants(grants, known.Fence == default ? new Fence(1) : fence);
        var isSaved = known.Fence == default ? _grants.TryAdd(channel, next) : _grants.TryUpdate(channel, next, known);
        return ValueTask.FromResult<Fence?>(isSaved ? next.Fence : null);
    }
}
