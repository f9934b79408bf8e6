using OrleansRealtime.Core.Access;

namespace OrleansRealtime.Core.Ports;

/// <summary>Where channels of every durability keep their grants. Safe for concurrent use; fails as <see cref="IChannelLog"/> does.</summary>
public interface IGrantStore
{
    /// <summary>The grants of a channel; <see cref="ChannelGrants.None"/> when there are none.</summary>
    ValueTask<ChannelGrants> LoadAsync(ChannelName channel, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps <paramref name="grants"/> if the stored version is the one before theirs, and returns after that is durable.
    /// False when another owner was faster.
    /// </summary>
    ValueTask<bool> TrySaveAsync(ChannelName channel, ChannelGrants grants, CancellationToken cancellationToken);
}
