using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Edge.Connections;
using OrleansRealtime.Edge.Http;

namespace OrleansRealtime.Edge.ServerSentEvents;

/// <summary>Serves <c>GET sse</c>: a connection that only reads, subscribed to the channels that its address names.</summary>
internal sealed class EventStreamEndpoint(EdgeNode node, IHandshakeGate gate)
{
    // After a lost stream clients come back within these, so that those of a lost node do not come together.
    private const int MinRetryMs = 1000;
    private const int MaxRetryMs = 4000;

    private static readonly HttpOperation Operation = new(
        "sse",
        "Streams the channels as server-sent events; Last-Event-ID resumes all of them.",
        null,
        null,
        [
            new HttpQueryParameter("channels", "string", "The channels, joined by commas.", IsRequired: true),
            new HttpQueryParameter("last", "integer", "How many of the latest publications to send first: 0 to 1000."),
            new HttpQueryParameter("presence", "boolean", "Whether to count as present and receive join and leave."),
            new HttpQueryParameter("conflate", "integer", "At most one publication per key in so many milliseconds."),
            new HttpQueryParameter("lastEventId", "string", "As the header Last-Event-ID, for clients that cannot set it."),
            new HttpQueryParameter("ticket", "string", "A ticket from POST ticket, for clients that cannot send a token."),
        ])
    {
        AnswerType = "text/event-stream",
    };

    /// <summary>Maps the address.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        Delegate handler = static (HttpContext context) =>
        {
            var services = context.RequestServices;
            return services.GetRequiredService<HttpBoundary>().RunAsync(
                context, services.GetRequiredService<EventStreamEndpoint>().ServeAsync);
        };
        group.MapMethods("/sse", [HttpMethods.Get], handler).WithMetadata(Operation);
    }

    private async Task ServeAsync(HttpContext context)
    {
        Cors.Allow(context);
        var request = EventStreamRequest.Read(context.Request, node.Limits.SubscriptionsPerConnection);
        if (await gate.AdmitAsync(context, offeredToken: null) is not { } admission)
        {
            return;
        }

        var identity = admission.Identity
            ?? (node.AuthenticationOptions.AllowAnonymous ? Identity.Anonymous(node.Clock.GetUtcNow()) : null);
        if (identity is null)
        {
            admission.Guard.OnEnded(CloseReason.Unauthenticated);
            await Problem.WriteAsync(context, HttpRefusals.Unauthenticated(
                "an event stream needs a token in the Authorization header, or a ticket from POST ticket"));
            return;
        }

        using var transport = new EventStreamTransport(context);
        var connection = node.Open(transport, admission.Guard);
        try
        {
            await connection.StartAsync(identity, resume: null);
            if (await SubscribeAsync(context, connection, request) is { } refusal)
            {
                connection.Close(CloseReason.Forbidden);
                await Problem.WriteAsync(context, refusal);
                return;
            }

            await StreamAsync(context, transport);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException
            && context.RequestAborted.IsCancellationRequested)
        {
            // The client went away, which is how event streams end.
        }
        finally
        {
            connection.OnEnded(CloseReason.GoingAway);
        }
    }

    /// <summary>Subscribes to all channels before anything is sent, so that a status can still say that none is to be had.</summary>
    private async Task<HttpRefusal?> SubscribeAsync(HttpContext context, Connection connection, EventStreamRequest request)
    {
        var refusals = connection.IsClosed
            ? []
            : await Task.WhenAll(request.Subscriptions.Select(
                subscription => node.Subscriber.SubscribeAsync(connection, subscription).AsTask())).WaitAsync(context.RequestAborted);
        if (connection.CloseReason is { } closed)
        {
            return RefusalOf(closed);
        }

        if (Array.Exists(refusals, static refusal => refusal is null))
        {
            return null;
        }

        if (Array.TrueForAll(refusals, static refusal => !refusal!.IsRetryable))
        {
            // EventSource opens a stream that ends again and again, but stops at a status other than 200.
            return HttpRefusals.Of(refusals[0]!);
        }

        // So here, where it is to come back, the errors are sent and the stream ends.
        connection.Close(CloseReason.Draining.With("no channel can be reached now"));
        return null;
    }

    private static async Task StreamAsync(HttpContext context, EventStreamTransport transport)
    {
        PrepareResponse(context);
        await transport.OpenAsync(
            EventStreamFormat.Retry(TimeSpan.FromMilliseconds(Random.Shared.Next(MinRetryMs, MaxRetryMs))),
            context.RequestAborted);
        await transport.Ended.WaitAsync(context.RequestAborted);
    }

    private static void PrepareResponse(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-store";

        // nginx and its like hold responses back unless told not to.
        headers["X-Accel-Buffering"] = "no";
        var features = context.Features;
        features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            // How slow a reader may be is for the slow-reader policy to judge.
            rate.MinDataRate = null;
        }
    }

    private static HttpRefusal RefusalOf(CloseReason reason) => reason.Code switch
    {
        4001 or 4010 => HttpRefusals.Unauthenticated(reason.Reason),
        4513 => HttpRefusals.Of(new RealtimeError(RealtimeErrorCode.RateLimited, reason.Reason)),
        _ when reason.IsRetryable => HttpRefusals.Of(new RealtimeError(RealtimeErrorCode.Unavailable, reason.Reason)),
        _ => HttpRefusals.Forbidden(reason.Reason),
    };
}
