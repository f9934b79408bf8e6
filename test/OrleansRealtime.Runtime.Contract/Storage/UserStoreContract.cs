using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Storage;

/// <summary>What every <see cref="IUserStore"/> owes.</summary>
public abstract class UserStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, 5, TimeSpan.Zero);
    private static readonly UserId Alice = UserId.Parse("auth0|alice");
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly UserRecord Full = new(
        1, new Ban(Noon.AddDays(1), "spam ä", "$backend"), Noon.AddMinutes(-1), "away", Noon);

    protected abstract IUserStore Users { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>Ends the process that owns the store, and starts another one.</summary>
    protected abstract Task RestartAsync();

    [StoreFact]
    public async Task Load_NothingKept_IsEmpty()
    {
        Assert.Equal(UserRecord.Empty, await Users.LoadAsync(Alice, None));
    }

    [StoreFact]
    public async Task Save_EveryField_IsKeptAcrossARestart()
    {
        Assert.True(await Users.TrySaveAsync(Alice, Full, None));
        await RestartAsync();

        Assert.Equal(Full, await Users.LoadAsync(Alice, None));
    }

    [StoreFact]
    public async Task Save_FieldsThatEnd_AreGone()
    {
        await Users.TrySaveAsync(Alice, Full, None);
        var bare = new UserRecord(2, null, null, "", null);

        Assert.True(await Users.TrySaveAsync(Alice, bare, None));

        Assert.Equal(bare, await Users.LoadAsync(Alice, None));
    }

    [StoreFact]
    public async Task Save_BanForGood_HasNoEnd()
    {
        var banned = UserRecord.Empty with { Version = 1, Ban = new Ban(null, "", "$backend") };
        await Users.TrySaveAsync(Alice, banned, None);

        Assert.Equal(banned, await Users.LoadAsync(Alice, None));
    }

    [StoreFact]
    public async Task Save_RevocationBetweenMilliseconds_DoesNotEndEarlier()
    {
        var before = Noon.AddTicks(1);
        await Users.TrySaveAsync(Alice, UserRecord.Empty with { Version = 1, TokensRevokedBefore = before }, None);

        Assert.True((await Users.LoadAsync(Alice, None)).TokensRevokedBefore >= before);
    }

    [StoreFact]
    public async Task Save_OfAnotherVersionThanTheNext_ChangesNothing()
    {
        Assert.False(await Users.TrySaveAsync(Alice, Full with { Version = 2 }, None));
        Assert.True(await Users.TrySaveAsync(Alice, Full, None));

        Assert.False(await Users.TrySaveAsync(Alice, Full with { Status = "lost" }, None));
        Assert.False(await Users.TrySaveAsync(Alice, Full with { Version = 3 }, None));

        Assert.Equal(Full, await Users.LoadAsync(Alice, None));
    }

    [StoreFact]
    public async Task Save_ByManyAtOnce_LetsOneWin()
    {
        var saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Users.TrySaveAsync(Alice, Full with { Status = "s" + i }, None).AsTask()));

        Assert.Single(saved, true);
        Assert.Equal("s" + Array.IndexOf(saved, true), (await Users.LoadAsync(Alice, None)).Status);
    }
}
