using OrleansRealtime.Core.Applications;
using OrleansRealtime.Edge.Applications;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Edge.Tests.Applications;

public class BoundedAuthorizerTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Authorizer_ThatDoesNotAnswer_FailsInTimeAndNotATickEarlier()
    {
        var clock = new ManualTimeProvider();
        var bounded = new BoundedAuthorizer(new Authorizer(new TaskCompletionSource<bool>().Task), new Patience(Timeout, clock));

        var asking = AskAsync(bounded);
        clock.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        await Assert.ThrowsAsync<TimeoutException>(() => asking);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Authorizer_ThatAnswers_IsHeard(bool answer) =>
        Assert.Equal(answer, await AskAsync(
            new BoundedAuthorizer(new Authorizer(Task.FromResult(answer)), new Patience(Timeout, new ManualTimeProvider()))));

    private static Task<bool> AskAsync(BoundedAuthorizer authorizer) =>
        authorizer.AuthorizeAsync(
            UserId.Parse("alice"), ChannelName.Parse("chat:1"), ChannelRights.Subscribe, CancellationToken.None).AsTask();

    private sealed class Authorizer(Task<bool> answer) : IChannelAuthorizer
    {
        public async ValueTask<bool> AuthorizeAsync(
            UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken) => await answer;
    }
}
