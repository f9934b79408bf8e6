using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Testing.PostgreSql;

namespace OrleansRealtime.Runtime.Contract.Storage;

/// <summary>What every <see cref="IGrantStore"/> owes.</summary>
public abstract class GrantStoreContract : IAsyncLifetime
{
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");
    private static readonly UserId Alice = UserId.Parse("alice");
    private static readonly UserId Odd = UserId.Parse("auth0|5f+7=c:/@");
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IGrantStore Grants { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>Ends the process that owns the store, and starts another one.</summary>
    protected abstract Task RestartAsync();

    [StoreFact]
    public async Task Load_NothingKept_IsNone()
    {
        Assert.Same(ChannelGrants.None, await Grants.LoadAsync(Room, None));
    }

    [StoreFact]
    public async Task Save_VersionAfterVersion_IsKeptAcrossARestart()
    {
        var first = ChannelGrants.None.Grant(Alice, ChannelRights.Subscribe | ChannelRights.Publish);
        var second = first.Revoke(Odd, ChannelRights.All);
        Assert.True(await Grants.TrySaveAsync(Room, first, None));
        Assert.True(await Grants.TrySaveAsync(Room, second, None));
        await RestartAsync();

        var loaded = await Grants.LoadAsync(Room, None);

        Assert.Equal(2, loaded.Version);
        Assert.Equal(second.Entries.OrderBy(static entry => entry.Key.Value), loaded.Entries.OrderBy(static entry => entry.Key.Value));
        Assert.Same(ChannelGrants.None, await Grants.LoadAsync(ChannelName.Parse("chat:other"), None));
    }

    [StoreFact]
    public async Task Save_OfAnotherVersionThanTheNext_ChangesNothing()
    {
        var first = ChannelGrants.None.Grant(Alice, ChannelRights.Subscribe);
        Assert.False(await Grants.TrySaveAsync(Room, first with { Version = 2 }, None));
        Assert.True(await Grants.TrySaveAsync(Room, first, None));

        Assert.False(await Grants.TrySaveAsync(Room, ChannelGrants.None.Grant(Odd, ChannelRights.All), None));
        Assert.False(await Grants.TrySaveAsync(Room, first with { Version = 3 }, None));

        var loaded = await Grants.LoadAsync(Room, None);
        Assert.Equal(1, loaded.Version);
        Assert.Equal(Alice, Assert.Single(loaded.Entries).Key);
    }

    [StoreFact]
    public async Task Save_ByManyAtOnce_LetsOneWin()
    {
        var saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Grants.TrySaveAsync(Room, ChannelGrants.None.Grant(UserId.Parse("u" + i), ChannelRights.Subscribe), None).AsTask()));

        var winner = Array.IndexOf(saved, true);
        Assert.Single(saved, true);
        Assert.Equal("u" + winner, Assert.Single((await Grants.LoadAsync(Room, None)).Entries).Key.Value);
    }
}
