using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.Connections;

/// <summary>What the sweep does, at a time that the test sets.</summary>
public class HeartbeatTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task Connection_ThatDoesNotAuthenticate_IsClosedAfterTheTimeout_AndNotATickEarlier()
    {
        await using var bench = new EdgeBench();
        var (connection, _) = await bench.ConnectAsync();

        Sweep(bench, TimeSpan.FromSeconds(10) - Tick);
        Assert.False(connection.IsClosed);
        Sweep(bench, Tick);

        Assert.Equal(CloseReason.Unauthenticated, connection.CloseReason);
    }

    [Fact]
    public async Task Connection_IsPingedEachInterval()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();

        for (var i = 0; i < 4; i++)
        {
            Sweep(bench, TimeSpan.FromSeconds(25));
            connection.OnHeard();
        }

        transport.Drain();
        Assert.Equal((4, true), (transport.PingsSeen, connection.IsOpen));
    }

    [Fact]
    public async Task Connection_ThatStaysSilentForTwoIntervals_IsClosedWith4504()
    {
        await using var bench = new EdgeBench();
        var (connection, _) = await bench.LogInAsync();

        Sweep(bench, TimeSpan.FromSeconds(50) - Tick);
        Assert.False(connection.IsClosed);
        Sweep(bench, Tick);

        Assert.Equal(CloseReason.Silent, connection.CloseReason);
    }

    [Fact]
    public async Task SlowReader_ThatIsStillWrittenTo_IsGivenTwiceAsLong()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        transport.Hold();
        await connection.OnCommandAsync(new PingCommand(new CommandId("p")));
        connection.OnHeard();

        Sweep(bench, TimeSpan.FromSeconds(100) - Tick);
        Assert.False(connection.IsClosed);
        Sweep(bench, Tick);

        Assert.Equal(CloseReason.Silent, connection.CloseReason);
    }

    [Fact]
    public async Task EventStream_OnWhichNothingComesBack_IsNotSilentWhileItIsIdle()
    {
        await using var bench = new EdgeBench();
        var (connection, _) = await bench.ConnectAsync(
            EdgeBench.Alice(), new TestTransport(kind: TransportKind.ServerSentEvents));

        for (var i = 0; i < 200; i++)
        {
            Sweep(bench, TimeSpan.FromSeconds(1));
        }

        Assert.False(connection.IsClosed);
    }

    [Fact]
    public async Task ClosedConnection_WhosePeerDoesNotAnswer_IsCutOff()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();
        connection.Close(CloseReason.Kicked);

        Sweep(bench, TimeSpan.FromSeconds(5) - Tick);
        Assert.False(transport.IsAborted);
        Sweep(bench, Tick);

        Assert.True(transport.IsAborted);
    }

    [Fact]
    public async Task Token_ThatExpires_IsWarnedOfOnceAndThenClosedWith4010()
    {
        await using var bench = new EdgeBench();
        var expires = bench.Clock.Now.AddMinutes(5);
        var (connection, transport) = await bench.ConnectAsync(EdgeBench.Alice(expires));

        Sweep(bench, TimeSpan.FromMinutes(4) - Tick, connection);
        Assert.Empty(transport.Drain());
        Sweep(bench, Tick, connection);
        Sweep(bench, Tick, connection);
        Assert.Equal(expires, Assert.IsType<ExpiringFrame>(Assert.Single(transport.Drain())).Expires);
        Sweep(bench, expires - bench.Clock.Now - Tick, connection);
        Assert.False(connection.IsClosed);
        Sweep(bench, Tick, connection);

        Assert.Equal(CloseReason.TokenExpired, connection.CloseReason);
    }

    [Fact]
    public async Task Sessions_AreRenewedWithAllConnectionsOfTheUser()
    {
        await using var bench = new EdgeBench();
        var (first, _) = await bench.LogInAsync();
        var (second, _) = await bench.LogInAsync();

        Sweep(bench, TimeSpan.FromSeconds(13));
        await Until.TrueAsync("the sessions are renewed", () => !bench.System.Renewed.IsEmpty);

        Assert.Equal(
            [first.Id, second.Id],
            Assert.Single(bench.System.Renewed).Connections.Select(static held => held.Connection));
    }

    [Fact]
    public async Task Drain_TellsClientsWhenToComeBackAndClosesWhoStays()
    {
        await using var bench = new EdgeBench();
        var (connection, transport) = await bench.LogInAsync();

        var draining = new Drain(bench.Node).RunAsync(CancellationToken.None);
        var reconnect = await transport.NextAsync<ReconnectFrame>();
        Assert.True(bench.Node.IsDraining);
        Assert.Equal(ConnectionState.Draining, connection.State);
        while (!connection.IsClosed)
        {
            await bench.Clock.WhenArmed();
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        connection.OnEnded(CloseReason.GoingAway);
        while (!draining.IsCompleted)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.InRange(reconnect.After, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(CloseReason.Draining, connection.CloseReason);
    }

    [Fact]
    public async Task Sessions_OfUsersThatCannotBeReached_HoldUpNobodyElses()
    {
        await using var bench = new EdgeBench();
        var (silent, _) = await bench.ConnectAsync(EdgeBench.Alice() with { User = UserId.Parse("silent") });
        var (lost, _) = await bench.ConnectAsync(EdgeBench.Alice() with { User = UserId.Parse("lost") });
        var (well, _) = await bench.ConnectAsync(EdgeBench.Alice() with { User = UserId.Parse("well") });
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.System.OnRenewal = renewal =>
            renewal.Connections[0].Connection == silent.Id ? new ValueTask(answer.Task)
            : renewal.Connections[0].Connection == lost.Id ? throw new ActorUnavailableException("lost")
            : ValueTask.CompletedTask;

        Sweep(bench, TimeSpan.FromSeconds(12));

        await Until.TrueAsync("all sessions are renewed", () => bench.System.Renewed.Count == 3);
        Assert.Equal(
            [silent.Id, lost.Id, well.Id],
            bench.System.Renewed.Select(static renewal => renewal.Connections[0].Connection).Order(
                Comparer<ConnectionId>.Create(static (a, b) => a.Value.CompareTo(b.Value))));
        answer.SetResult();
        await Until.TrueAsync("nothing runs any more", () => bench.Node.BackgroundCount == 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Sessions_OfAUserWithSeveralConnections_AreRenewedWithoutTheOneThatEnded(int ended)
    {
        await using var bench = new EdgeBench();
        var connections = new List<Connection>();
        for (var i = 0; i < 3; i++)
        {
            connections.Add((await bench.LogInAsync()).Connection);
        }

        connections[ended].OnEnded(CloseReason.GoingAway);
        connections.RemoveAt(ended);
        Assert.Equal(1, bench.Node.Connections.UserCount);
        Sweep(bench, TimeSpan.FromSeconds(12));

        await Until.TrueAsync("the sessions are renewed", () => !bench.System.Renewed.IsEmpty);
        Assert.Equal(
            connections.Select(static connection => connection.Id),
            Assert.Single(bench.System.Renewed).Connections.Select(static held => held.Connection));
        connections.ForEach(static connection => connection.OnEnded(CloseReason.GoingAway));
        Assert.Equal(0, bench.Node.Connections.UserCount);
    }

    private static void Sweep(EdgeBench bench, TimeSpan after, Connection? alive = null)
    {
        bench.Clock.Advance(after);
        alive?.OnHeard();
        bench.Heartbeat.Sweep();
    }
}
