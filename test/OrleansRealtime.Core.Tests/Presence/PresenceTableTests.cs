using OrleansRealtime.Core.Presence;

namespace OrleansRealtime.Core.Tests.Presence;

public sealed class PresenceTableTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly EdgeId One = new("one");
    private static readonly EdgeId Two = new("two");

    private readonly PresenceTable _table = new(Grace);

    [Fact]
    public void Join_OnTwoEdges_IsToldOnceAndTheUserLeavesWithTheLast()
    {
        Assert.Equal(["ann"], Names(_table.Join(One, [Member("ann")])));
        Assert.Empty(_table.Join(Two, [Member("ann")]));
        Assert.Empty(_table.Join(Two, [Member("ann")]));

        _table.Leave(One, [User("ann")], Start);
        Assert.Null(_table.NextDue);
        _table.Leave(Two, [User("ann")], Start);

        Assert.Equal(Start + Grace, _table.NextDue);
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void Leave_GraceOver_IsToldThenAndNotATickSooner()
    {
        _table.Join(One, [Member("ann")]);
        _table.Leave(One, [User("ann")], Start);

        Assert.Empty(_table.EndGraces(Start + Grace - TimeSpan.FromTicks(1)));
        Assert.Equal(["ann"], Names(_table.EndGraces(Start + Grace)));
        Assert.Equal(0, _table.Count);
        Assert.Null(_table.NextDue);
    }

    [Fact]
    public void Leave_AndBackWithinTheGrace_IsNeverTold()
    {
        _table.Join(One, [Member("ann")]);
        _table.Leave(One, [User("ann")], Start);

        Assert.Empty(_table.Join(Two, [Member("ann")]));

        Assert.Empty(_table.EndGraces(Start + Grace));
        Assert.True(_table.Contains(User("ann")));
    }

    [Fact]
    public void Leave_BackAndGoneAgain_StartsTheGraceAnew()
    {
        _table.Join(One, [Member("ann")]);
        _table.Leave(One, [User("ann")], Start);
        _table.Join(One, [Member("ann")]);
        _table.Leave(One, [User("ann")], Start + TimeSpan.FromSeconds(4));

        Assert.Empty(_table.EndGraces(Start + Grace));
        Assert.Equal(["ann"], Names(_table.EndGraces(Start + TimeSpan.FromSeconds(9))));
    }

    [Fact]
    public void Leave_UnknownUserOrEdge_IsIgnored()
    {
        _table.Join(One, [Member("ann")]);

        _table.Leave(One, [User("bob")], Start);
        _table.Leave(Two, [User("ann")], Start);
        _table.RemoveEdge(Two, Start);

        Assert.Null(_table.NextDue);
    }

    [Fact]
    public void RemoveEdge_ManyUsers_LeaveInOneWaveButThoseElsewhereStay()
    {
        _table.Join(One, [Member("ann"), Member("bob"), Member("eve")]);
        _table.Join(Two, [Member("bob")]);

        _table.RemoveEdge(One, Start);

        Assert.Equal(["ann", "eve"], Names(_table.EndGraces(Start + Grace)).Order());
        Assert.True(_table.Contains(User("bob")));
    }

    [Fact]
    public void Replace_WithAnotherList_JoinsTheNewAndReleasesTheMissing()
    {
        _table.Join(One, [Member("ann"), Member("bob")]);

        Assert.Equal(["eve"], Names(_table.Replace(One, [Member("bob"), Member("eve")], Start)));

        Assert.Equal(["ann"], Names(_table.EndGraces(Start + Grace)));
        Assert.Equal(["bob", "eve"], Names(_table.List(10)).Order());
    }

    [Fact]
    public void List_MoreThanWanted_IsCut()
    {
        _table.Join(One, [Member("ann"), Member("bob"), Member("eve")]);

        Assert.Equal(2, _table.List(2).Length);
        Assert.Equal(3, _table.Count);
    }

    private static Member Member(string name) => new(User(name), default);

    private static UserId User(string name) => UserId.Parse(name);

    private static IEnumerable<string> Names(IEnumerable<Member> members) => members.Select(static m => m.User.Value);
}
