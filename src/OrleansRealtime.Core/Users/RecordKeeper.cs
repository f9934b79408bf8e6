using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Core.Users;

/// <summary>Changes a user's record in the store, one change after the other. Used in the user's turns only.</summary>
internal sealed class RecordKeeper(UserId user, IUserStore store, IActivation activation)
{
    /// <summary>
    /// How often a change is tried against owners that are faster. There is one other owner at most, and only while a cluster
    /// disagrees about who it is, so whoever loses five times in a row is not going to win.
    /// </summary>
    public const int MaxAttempts = 5;

    private Task _last = Task.CompletedTask;

    /// <summary>What the store held when it was last asked.</summary>
    public UserRecord Current { get; private set; } = UserRecord.Empty;

    /// <summary>Completes when no change is under way.</summary>
    public Task Pending => _last;

    public async ValueTask LoadAsync(CancellationToken cancellationToken) =>
        Current = await store.LoadAsync(user, cancellationToken);

    /// <summary>
    /// Keeps what <paramref name="change"/> makes of the record, and returns after that is durable. Cannot be cancelled once it
    /// is begun, because a change that was kept must also take effect.
    /// </summary>
    /// <exception cref="ActorUnavailableException">The store failed, so it is unknown whether the change was kept; or another owner was faster again and again.</exception>
    public async ValueTask<UserRecord> ChangeAsync(Func<UserRecord, UserRecord> change, CancellationToken cancellationToken)
    {
        var before = _last;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _last = done.Task;
        try
        {
            await before;
            cancellationToken.ThrowIfCancellationRequested();
            return await TryAsync(change);
        }
        catch (StorageException failure)
        {
            throw new ActorUnavailableException($"The store failed to keep a change of user '{user}'.", failure);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async ValueTask<UserRecord> TryAsync(Func<UserRecord, UserRecord> change)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var next = change(Current) with { Version = Current.Version + 1 };
            if (await store.TrySaveAsync(user, next, CancellationToken.None))
            {
                Current = next;
                return next;
            }

            Current = await store.LoadAsync(user, CancellationToken.None);
        }

        // Two owners each know a part of the sessions only; the one that leaves lets the other learn them all.
        activation.Deactivate("another owner keeps changing the user's record");
        throw new ActorUnavailableException($"Another owner of user '{user}' was faster {MaxAttempts} times; try again.");
    }
}
