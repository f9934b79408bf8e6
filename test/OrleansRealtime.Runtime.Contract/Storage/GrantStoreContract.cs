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
    public async Task Open_NothingKept_IsNone_AndWritesNothing()
    {
        Assert.Equal(OpenedGrants.Nothing, await Grants.OpenAsync(Room, None));
        Assert.Equal(OpenedGrants.Nothing, await Grants.OpenAsync(Room, None));
    }

    [StoreFact]
    public async Task Save_VersionAfterVersion_IsKeptAcrossARestart()
    {
        var first = ChannelGrants.None.Grant(Alice, ChannelRights.Subscribe | ChannelRights.Publish);
        var second = first.Revoke(Odd, ChannelRights.All);
        var fence = await Grants.TrySaveAsync(Room, default, first, None);
        Assert.NotNull(fence);
        Assert.Equal(fence, await Grants.TrySaveAsync(Room, fence.Value, second, None));
        await RestartAsync();

        var opened = await Grants.OpenAsync(Room, None);

        Assert.Equal(2, opened.Grants.Version);
        Assert.Equal(Ordered(second), Ordered(opened.Grants));
        Assert.Equal(OpenedGrants.Nothing, await Grants.OpenAsync(ChannelName.Parse("chat:other"), None));
    }

    [StoreFact]
    public async Task Save_OfAnotherVersionThanTheNext_ChangesNothing()
    {
        var first = ChannelGrants.None.Grant(Alice, ChannelRights.Subscribe);
        Assert.Null(await Grants.TrySaveAsync(Room, default, first with { Version = 2 }, None));
        var fence = await Grants.TrySaveAsync(Room, default, first, None);

        Assert.Null(await Grants.TrySaveAsync(Room, fence!.Value, ChannelGrants.None.Grant(Odd, ChannelRights.All), None));
        Assert.Null(await Grants.TrySaveAsync(Room, fence.Value, first with { Version = 3 }, None));

        var opened = await Grants.OpenAsync(Room, None);
        Assert.Equal(1, opened.Grants.Version);
        Assert.Equal(Alice, Assert.Single(opened.Grants.Entries).Key);
    }

    [StoreFact]
    public async Task Save_ByAnOwnerThatWasOvertaken_ChangesNothing()
    {
        var first = ChannelGrants.None.Grant(Alice, ChannelRights.Subscribe);
        var mine = await Grants.TrySaveAsync(Room, default, first, None);
        var next = await Grants.OpenAsync(Room, None);
        Assert.True(next.Fence.Number > mine!.Value.Number);

        Assert.Null(await Grants.TrySaveAsync(Room, mine.Value, first.Revoke(Alice, ChannelRights.All), None));
        Assert.Null(await Grants.TrySaveAsync(Room, default, first.Revoke(Alice, ChannelRights.All), None));
        Assert.Equal(next.Fence, await Grants.TrySaveAsync(Room, next.Fence, first.Grant(Odd, ChannelRights.Publish), None));

        var opened = await Grants.OpenAsync(Room, None);
        Assert.Equal(next.Fence.Number + 1, opened.Fence.Number);
        Assert.Equal(Ordered(first.Grant(Odd, ChannelRights.Publish)), Ordered(opened.Grants));
    }

    [StoreFact]
    public async Task Save_WithAFenceThatWasNeverIssued_KeepsNothing()
    {
        var first = ChannelGrants.None.Grant(Alice, ChannelRights.Subscribe);

        Assert.Null(await Grants.TrySaveAsync(Room, new Fence(1), first, None));

        Assert.Equal(OpenedGrants.Nothing, await Grants.OpenAsync(Room, None));
    }

    [StoreFact]
    public async Task Save_ByManyAtOnce_LetsOneWin()
    {
        var saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Grants.TrySaveAsync(Room, default, ChannelGrants.None.Grant(UserId.Parse("u" + i), ChannelRights.Subscribe), None).AsTask()));

        var winner = Array.FindIndex(saved, static fence => fence is not null);
        Assert.Single(saved, static fence => fence is not null);
        Assert.Equal("u" + winner, Assert.Single((await Grants.OpenAsync(Room, None)).Grants.Entries).Key.Value);
    }

    [StoreFact]
    public async Task Open_ByManyAtOnce_GivesEachAFenceOfItsOwn()
    {
        await Grants.TrySaveAsync(Room, default, ChannelGrants.None.Grant(Alice, ChannelRights.Subscribe), None);

        var opened = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Grants.OpenAsync(Room, None).AsTask()));

        Assert.Equal(Enumerable.Range(2, 20).Select(static i => (long)i), opened.Select(static one => one.Fence.Number).Order());
    }

    private static IEnumerable<KeyValuePair<UserId, GrantEntry>> Ordered(ChannelGrants grants) =>
        grants.Entries.OrderBy(static entry => entry.Key.Value, StringComparer.Ordinal);
}
