using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Applications;

namespace OrleansRealtime.Edge.Http;

/// <summary>Asks the application's authorizer, if there is one, when the rules leave a request undecided.</summary>
internal sealed partial class HttpAuthorizer(IChannelAuthorizer? authorizer, ILogger<HttpAuthorizer> logger)
{
    /// <summary>Asks a channel, and once more with the application's word when the first answer leaves it to that.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="right">The right that it takes.</param>
    /// <param name="ask">The question.</param>
    /// <param name="isUndecided">Whether an answer leaves it to the application.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<T> AskAsync<T>(
        HttpCaller caller,
        ChannelName channel,
        ChannelRights right,
        Func<Caller, ValueTask<T>> ask,
        Func<T, bool> isUndecided,
        CancellationToken cancellationToken)
    {
        var outcome = await ask(caller.In(channel));
        if (!isUndecided(outcome) || caller.Identity is not { } identity || authorizer is null)
        {
            return outcome;
        }

        try
        {
            if (!await authorizer.AuthorizeAsync(identity.User, channel, right, cancellationToken))
            {
                return outcome;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // What the application throws counts as no (IChannelAuthorizer).
            AuthorizerFailed(logger, channel, exception);
            return outcome;
        }

        return await ask(caller.In(channel, right));
    }

    [LoggerMessage(1312, LogLevel.Error, "The application's authorizer failed for {Channel}; that counts as no")]
    private static partial void AuthorizerFailed(ILogger logger, ChannelName channel, Exception exception);
}
