using OrleansRealtime.Core.Access;

namespace OrleansRealtime.Core.Ports;

/// <summary>Where channels of every durability keep their grants. Safe for concurrent use; fails as <see cref="IChannelLog"/> does.</summary>
public interface IGrantStore
{
    /// <summary>
    /// Takes ownership of a channel's grants: reads them, and issues a fence that is higher than every earlier one. Both are one:
    /// after it returns, no save with an older fence succeeds. For a channel that has no grants nothing is written, and the fence
    /// is <see cref="OpenedGrants.Nothing"/>'s.
    /// </summary>
    ValueTask<OpenedGrants> OpenAsync(ChannelName channel, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps <paramref name="grants"/> if the stored version is the one before theirs and no higher fence was issued, and returns
    /// after that is durable: the fence to save with next. Null when another owner was faster; nothing was kept.
    /// </summary>
    ValueTask<Fence?> TrySaveAsync(
        ChannelName channel, Fence fence, ChannelGrants grants, CancellationToken cancellationToken);
}

/// <summary>What opening a channel's grants brought.</summary>
/// <param name="Grants">The grants.</param>
/// <param name="Fence">The fence to save with.</param>
public sealed record OpenedGrants(ChannelGrants Grants, Fence Fence)
{
    /// <summary>The channel has no grants. Whoever saves first is their owner; fence 0.</summary>
    public static OpenedGrants Nothing { get; } = new(ChannelGrants.None, default);
}
