using System.Collections.Concurrent;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Core.Stores;

/// <summary>Keeps users for as long as the process lives, for servers of one process without a store. Safe for concurrent use.</summary>
public sealed class MemoryUserStore : IUserStore
{
    private readonly ConcurrentDictionary<UserId, UserRecord> _records = new();

    /// <inheritdoc/>
    public ValueTask<UserRecord> LoadAsync(UserId user, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_records.GetValueOrDefault(user, UserRecord.Empty));

    /// <inheritdoc/>
    public ValueTask<bool> TrySaveAsync(UserId user, UserRecord record, CancellationToken cancellationToken)
    {
        var known = _records.GetValueOrDefault(user);
        var isNext = (known ?? UserRecord.Empty).Version == record.Version - 1;
        return ValueTask.FromResult(
            isNext && (known is null ? _records.TryAdd(user, record) : _records.TryUpdate(user, record, known)));
    }
}
