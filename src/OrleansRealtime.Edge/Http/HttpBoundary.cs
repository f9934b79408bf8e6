using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Edge.Http;

/// <summary>The boundary around every endpoint: what is thrown within becomes a problem, and a bug is logged.</summary>
internal sealed partial class HttpBoundary(ILogger<HttpBoundary> logger)
{
    /// <summary>How soon a request may come back that found its actor gone: the time in which one comes to life elsewhere.</summary>
    private static readonly TimeSpan ActorReturn = TimeSpan.FromSeconds(1);

    /// <summary>Runs an endpoint.</summary>
    public async Task RunAsync(HttpContext context, Func<HttpContext, Task> endpoint)
    {
        try
        {
            await endpoint(context);
        }
        catch (HttpRefusedException refused)
        {
            await AnswerAsync(context, refused.Refusal);
        }
        catch (BadHttpRequestException bad)
        {
            // Kestrel's own word on the request (body too slow, malformed chunk): the status is its, the text for people ours.
            await AnswerAsync(context, new HttpRefusal(
                bad.StatusCode,
                bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? new RealtimeError(RealtimeErrorCode.TooLarge, "the body is longer than this server takes")
                    : new RealtimeError(RealtimeErrorCode.BadRequest, "the request is malformed or came too slowly")));
        }
        catch (ActorUnavailableException exception)
        {
            ActorUnavailable(logger, context.Request.Path, exception);
            await AnswerAsync(context, HttpRefusals.Of(new RealtimeError(
                RealtimeErrorCode.Unavailable, "not reachable now; try again with the same message id", ActorReturn)));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to answer.
        }
        catch (Exception exception)
        {
            EndpointFailed(logger, context.Request.Path, exception);
            await AnswerAsync(context, HttpRefusals.Of(new RealtimeError(
                RealtimeErrorCode.Internal, "the server failed; it is logged there")));
        }
    }

    private static Task AnswerAsync(HttpContext context, HttpRefusal refusal)
    {
        if (!context.Response.HasStarted)
        {
            return Problem.WriteAsync(context, refusal);
        }

        context.Abort();
        return Task.CompletedTask;
    }
}
