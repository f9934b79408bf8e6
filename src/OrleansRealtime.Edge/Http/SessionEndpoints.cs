using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Applications;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Http;

/// <summary>What the HTTP API does for a user: tickets and calls to the application.</summary>
internal sealed partial class SessionEndpoints(
    ConnectionTickets tickets, ICallHandler? calls, EdgeOptions options, ILogger<SessionEndpoints> logger)
{
    private const int MaxMethodLength = 128;

    /// <summary><c>POST ticket</c>.</summary>
    public Task TicketAsync(HttpContext context, HttpCaller caller)
    {
        if (caller.Identity is not { IsAnonymous: false } identity)
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden("a ticket is for a user; ask for it with that user's token"));
        }

        var ticket = tickets.TryIssue(identity)
            ?? throw new HttpRefusedException(HttpRefusals.Of(new RealtimeError(
                RealtimeErrorCode.TooLarge, "the token has too many capabilities for a ticket; use fewer patterns")));
        return HttpAnswer.WriteAsync(
            context,
            new TicketAnswer(ticket, (long)ConnectionTickets.Lifetime.TotalMilliseconds),
            HttpJson.Default.TicketAnswer);
    }

    /// <summary><c>POST call</c>.</summary>
    public async Task CallAsync(HttpContext context, HttpCaller caller)
    {
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.CallBody, options.MaxMessageBytes);
        if (body.Method is not { Length: > 0 and <= MaxMethodLength })
        {
            throw HttpArguments.Bad($"'method' has 1 to {MaxMethodLength} characters");
        }

        if (caller.Identity is not { } identity)
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden("a call comes from a user; send that user's token"));
        }

        var outcome = await HandleAsync(
            identity.User, body.Method, HttpRequestBody.PayloadOf(body.Data, body.Encoding), context.RequestAborted);
        if (outcome.Refusal is { } error)
        {
            throw new HttpRefusedException(HttpRefusals.Of(error));
        }

        await HttpAnswer.WriteAsync(context, new CallAnswer(outcome.Data, PayloadConverter.EncodingOf(outcome.Data)), HttpJson.Default.CallAnswer);
    }

    private async ValueTask<CallOutcome> HandleAsync(
        UserId user, string method, Payload data, CancellationToken cancellationToken)
    {
        if (calls is null)
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden("no application answers calls on this server"));
        }

        try
        {
            return await calls.HandleAsync(user, method, data, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The application's fault, not ours: it is answered with 'internal' (ICallHandler).
            CallFailed(logger, LogText.Of(method), exception);
            return new CallOutcome(new RealtimeError(RealtimeErrorCode.Internal, "the application failed"), default);
        }
    }

    [LoggerMessage(1313, LogLevel.Error, "The application failed to answer the call {Method}")]
    private static partial void CallFailed(ILogger logger, string method, Exception exception);
}
