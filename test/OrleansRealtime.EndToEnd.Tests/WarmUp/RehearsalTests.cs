using System.Net.Sockets;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.WarmUp;

namespace OrleansRealtime.EndToEnd.Tests.WarmUp;

/// <summary>A rehearsal on its node, with a compiler that does what the test says.</summary>
public sealed class RehearsalTests : IAsyncLifetime
{
    private const int Connections = 40;

    private RehearsalNode _node = null!;

    public async Task InitializeAsync() =>
        _node = await RehearsalNode.StartAsync(new RealtimeOptions(), TimeProvider.System, CancellationToken.None);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Run_WithACompilerThatHasNothingToDo_IsThroughAfterThreeRounds() =>
        Assert.Equal(3, await new Rehearsal(Connections, TimeProvider.System, static () => 0).RunAsync(_node, CancellationToken.None));

    [Fact]
    public async Task Run_WhileRoundsMakeWorkForTheCompiler_GoesOn()
    {
        // The work of five rounds, each of which asks before it begins and when it is over.
        var asked = 0;
        var rounds = await new Rehearsal(
            Connections, TimeProvider.System, () => 1000L * Math.Min(Interlocked.Increment(ref asked), 10)).RunAsync(_node, CancellationToken.None);

        Assert.InRange(rounds, 3, 6);
        Assert.True(asked > 10, $"The compiler was asked {asked} times only.");
    }

    [Fact]
    public async Task Run_WhenCancelled_EndsAtOnce()
    {
        // A compiler that never rests would keep it going for ever.
        using var cancelled = new CancellationTokenSource();
        long count = 0;
        var running = new Rehearsal(Connections, TimeProvider.System, () =>
        {
            if (count > 3)
            {
                cancelled.Cancel();
            }

            return ++count;
        }).RunAsync(_node, cancelled.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Run_OnANodeThatIsGone_Fails()
    {
        var node = await RehearsalNode.StartAsync(new RealtimeOptions(), TimeProvider.System, CancellationToken.None);
        await node.DisposeAsync();

        await Assert.ThrowsAsync<SocketException>(
            () => new Rehearsal(Connections, TimeProvider.System, static () => 0).RunAsync(node, CancellationToken.None));
    }

    [Fact]
    public async Task Node_WithATokenOfAnother_LetsNobodyIn()
    {
        await using var other = await RehearsalNode.StartAsync(new RealtimeOptions(), TimeProvider.System, CancellationToken.None);
        using var client = new RehearsalClient();
        await client.ConnectAsync(_node.Address, CancellationToken.None);
        await client.SayAsync(
            CancellationToken.None,
            new Protocol.AuthCommand(new Protocol.CommandId("enter"), other.Token("stranger"), 1, [], null));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => client.HearAsync("auth_ack", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Contains("unauthenticated", failure.Message, StringComparison.Ordinal);
    }
}
