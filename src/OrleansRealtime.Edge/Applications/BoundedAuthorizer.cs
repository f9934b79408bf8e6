using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Edge.Applications;

/// <summary>
/// The application's authorizer, with an end to the wait for it: then it counts as one that failed, so the answer is no, and it
/// is logged. Safe for concurrent use.
/// </summary>
internal sealed class BoundedAuthorizer(IChannelAuthorizer authorizer, Patience patience) : IChannelAuthorizer
{
    /// <inheritdoc/>
    public async ValueTask<bool> AuthorizeAsync(
        UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken)
    {
        var (isAnswered, isAllowed) = await patience.AskAsync(
            stop => authorizer.AuthorizeAsync(user, channel, right, stop), cancellationToken);
        return isAnswered
            ? isAllowed
            : throw new TimeoutException($"The authorizer did not answer within {patience.Limit.TotalSeconds} s.");
    }
}
