using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Core.Ports;

/// <summary>Where users keep what must outlive their actors. Safe for concurrent use; fails as <see cref="IChannelLog"/> does.</summary>
public interface IUserStore
{
    /// <summary>What is kept of a user; <see cref="UserRecord.Empty"/> when nothing is.</summary>
    ValueTask<UserRecord> LoadAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps <paramref name="record"/> if the stored version is the one before its own, and returns after that is durable.
    /// False when another owner was faster.
    /// </summary>
    ValueTask<bool> TrySaveAsync(UserId user, UserRecord record, CancellationToken cancellationToken);
}
