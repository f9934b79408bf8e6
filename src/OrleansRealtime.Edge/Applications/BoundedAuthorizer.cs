using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Edge.Applications;

/// <summary>The application's authorizer, with an end to the wait for it. Safe for concurrent use.</summary>
/// <remarks>One that does not answer in time counts as one that failed: the answer is no, and it is logged.</remarks>
internal sealed class BoundedAuthorizer(IChannelAuthorizer authorizer, TimeSpan timeout, TimeProvider clock) : IChannelAuthorizer
{
    /// <inheritdoc/>
    public async ValueTask<bool> AuthorizeAsync(
        UserId user, ChannelName channel, ChannelRights right, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await authorizer.AuthorizeAsync(user, channel, right, either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The authorizer did not answer within {timeout.TotalSeconds} s.");
        }
    }
}
