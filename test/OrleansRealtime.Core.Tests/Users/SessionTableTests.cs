using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Core.Tests.Users;

public sealed class SessionTableTests
{
    private static readonly EdgeId Edge = new("edge");
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(1)]
    [InlineData(SessionTable.Few)]
    [InlineData(SessionTable.Few + 1)]
    [InlineData(3 * SessionTable.Few)]
    public void Find_HoweverManyThereAre_FindsEachByIdAndByConnection(int count)
    {
        var table = new SessionTable();
        for (var i = 0; i < count; i++)
        {
            Add(table, i);
        }

        Assert.Equal((count, count), (table.Count, table.Linked));
        Assert.All(Enumerable.Range(0, count), i =>
        {
            Assert.Equal(IdOf(i), table.Find(IdOf(i))!.Id);
            Assert.True(table.TryFind((Edge, new ConnectionId(i)), out var held));
            Assert.Equal(IdOf(i), held.Id);
        });
        Assert.Null(table.Find(IdOf(count)));
        Assert.False(table.TryFind((Edge, new ConnectionId(count)), out _));
        Assert.False(table.TryFind((new EdgeId("other"), new ConnectionId(0)), out _));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2 * SessionTable.Few)]
    public void Unlink_OfOneOfThem_KeepsItFindableByIdOnly(int count)
    {
        var table = new SessionTable();
        for (var i = 0; i < count; i++)
        {
            Add(table, i);
        }

        Assert.True(table.Unlink((Edge, new ConnectionId(1))));

        Assert.False(table.Unlink((Edge, new ConnectionId(1))));
        Assert.False(table.TryFind((Edge, new ConnectionId(1)), out _));
        Assert.NotNull(table.Find(IdOf(1)));
        Assert.Equal((count, count - 1), (table.Count, table.Linked));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2 * SessionTable.Few)]
    public void Remove_OfOneThatIsHeld_ForgetsItsConnectionToo(int count)
    {
        var table = new SessionTable();
        for (var i = 0; i < count; i++)
        {
            Add(table, i);
        }

        table.Remove(table.Find(IdOf(1))!);

        Assert.Null(table.Find(IdOf(1)));
        Assert.False(table.TryFind((Edge, new ConnectionId(1)), out _));
        Assert.Equal((count - 1, count - 1), (table.Count, table.Linked));
    }

    [Fact]
    public void NextDeadline_OfSeveral_IsTheEarliest()
    {
        var table = new SessionTable();
        Assert.Null(table.NextDeadline);
        Add(table, 2);
        Add(table, 1);
        Add(table, 3);

        Assert.Equal(Now + TimeSpan.FromSeconds(1) + UserMachine.ConnectionLease, table.NextDeadline);
    }

    private static SessionId IdOf(int number) => new($"session-{number}");

    private static void Add(SessionTable table, int number)
    {
        var session = new Session(IdOf(number));
        table.Add(session);
        session.Connect(Edge, new ConnectionId(number), Now, Now + TimeSpan.FromSeconds(number));
        table.Link(session);
    }
}
