using System.Collections.Concurrent;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Stores;

/// <summary>Keeps grants for as long as the process lives, for servers of one process without a store. Safe for concurrent use.</summary>
public sealed class MemoryGrantStore : IGrantStore
{
    private readonly ConcurrentDictionary<ChannelName, ChannelGrants> _grants = new();

    /// <inheritdoc/>
    public ValueTask<ChannelGrants> LoadAsync(ChannelName channel, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_grants.GetValueOrDefault(channel, ChannelGrants.None));

    /// <inheritdoc/>
    public ValueTask<bool> TrySaveAsync(ChannelName channel, ChannelGrants grants, CancellationToken cancellationToken)
    {
        var known = _grants.GetValueOrDefault(channel);
        var isNext = (known ?? ChannelGrants.None).Version == grants.Version - 1;
        return ValueTask.FromResult(
            isNext && (known is null ? _grants.TryAdd(channel, grants) : _grants.TryUpdate(channel, grants, known)));
    }
}
