using OrleansRealtime.Core.Applications;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Tests.FanOut;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Edge.Tests.Connections;

public class PublishOrderTests
{
    [Fact]
    public async Task Publishes_ThatMustBeAskedForAgain_KeepTheirOrder()
    {
        var application = new ScriptedAuthorizer();
        await using var bench = new EdgeBench(authorizer: application);
        var (connection, transport) = await bench.LogInAsync();
        var accepted = new List<string>();
        var isPrivate = false;
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.RoomChannel.OnPublish = request =>
        {
            if (isPrivate && (request.Caller.Authorized & ChannelRights.Publish) == 0)
            {
                return PublishOutcome.Refused(Refusal, isUndecided: true);
            }

            accepted.Add(System.Text.Encoding.UTF8.GetString(request.Payload.Bytes.Span));
            return PublishOutcome.Accepted(new Position(new Epoch("e1"), accepted.Count));
        };
        await PublishAsync(connection, "0");
        await transport.NextAsync<AckFrame>();

        // Two are under way when the channel begins to leave it to the application, which is slow with its first answer.
        isPrivate = true;
        bench.RoomChannel.PublishesWaitFor = answers.Task;
        await PublishAsync(connection, "1");
        await PublishAsync(connection, "2");
        bench.RoomChannel.PublishesWaitFor = null;
        answers.SetResult();
        await Until.TrueAsync("the application is asked", () => application.Asked > 0);
        var third = PublishAsync(connection, "3");

        // Time for whoever does not wait.
        await EdgeBench.SettleAsync(connection);
        application.FirstAnswer.SetResult(true);
        await third;

        for (var i = 0; i < 3; i++)
        {
            await transport.NextAsync<AckFrame>();
        }

        Assert.Equal(["0", "1", "2", "3"], accepted);
    }

    [Fact]
    public async Task Turns_EndedOutOfOrder_LetTheNextGoOnlyWhenItIsFirst()
    {
        var order = new PublishOrder();
        var first = order.Enter(EdgeBench.Room);
        var second = order.Enter(EdgeBench.Room);
        var third = order.Enter(EdgeBench.Room);
        var elsewhere = order.Enter(ChannelName.Parse("chat:other"));
        var waiting = order.WhenFirstAsync(third);
        Assert.True(order.WhenFirstAsync(first).IsCompleted);
        Assert.True(order.WhenFirstAsync(elsewhere).IsCompleted);

        order.Leave(second);
        Assert.False(waiting.IsCompleted);
        order.Leave(first);
        await waiting;
        order.Leave(third);
        Assert.True(order.WhenFirstAsync(order.Enter(EdgeBench.Room)).IsCompleted);
    }

    private static RealtimeError Refusal { get; } = new(RealtimeErrorCode.Forbidden, "ask the application");

    private static Task PublishAsync(Connection connection, string json) => connection.OnCommandAsync(
        new PublishCommand(new CommandId(json), EdgeBench.Room, Payload.Json(json), null, null)).AsTask();

    private sealed class ScriptedAuthorizer : IChannelAuthorizer
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public TaskCompletionSource<bool> FirstAnswer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<bool> AuthorizeAsync(
            UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _asked) == 1 ? new ValueTask<bool>(FirstAnswer.Task) : ValueTask.FromResult(true);
    }
}
