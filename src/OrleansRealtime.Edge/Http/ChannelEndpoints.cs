using Microsoft.AspNetCore.Http;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Edge.Authentication;

namespace OrleansRealtime.Edge.Http;

/// <summary>What the HTTP API does with channels.</summary>
internal sealed class ChannelEndpoints(
    IChannels channels,
    IChannelPolicies policies,
    HttpAuthorizer authorizer,
    EdgeMetrics metrics,
    AuditTrail audit,
    EdgeOptions options)
{
    /// <summary><c>POST publish</c>.</summary>
    public async Task PublishAsync(HttpContext context, HttpCaller caller)
    {
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.PublishBody, options.MaxMessageBytes);
        var outcome = await PublishAsync(
            caller,
            HttpArguments.Channel(body.Channel),
            HttpRequestBody.PayloadOf(body.Data, body.Encoding),
            HttpArguments.MessageId(body.Mid, context.Request),
            HttpArguments.Key(body.Key),
            context.RequestAborted);
        ThrowIf(outcome.Refusal);
        await HttpAnswer.WriteAsync(
            context,
            new PublishAnswer(
                outcome.Position.Sequence, outcome.Position.Epoch.Value, outcome.IsDuplicate,
                outcome.Answer, PayloadConverter.EncodingOf(outcome.Answer)),
            HttpJson.Default.PublishAnswer);
    }

    /// <summary><c>POST broadcast</c>.</summary>
    public async Task BroadcastAsync(HttpContext context, HttpCaller caller)
    {
        var maxBytes = options.MaxMessageBytes + (BroadcastBody.MaxChannels * (ChannelName.MaxLength + 3));
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.BroadcastBody, maxBytes);
        if (body.Channels is not { Count: > 0 and <= BroadcastBody.MaxChannels })
        {
            throw HttpArguments.Bad($"'channels' names 1 to {BroadcastBody.MaxChannels} channels");
        }

        var names = body.Channels.Select(HttpArguments.Channel).Distinct().ToArray();
        Array.ForEach(names, ThrowIfAuditTrail);
        var payload = HttpRequestBody.PayloadOf(body.Data, body.Encoding);
        var messageId = HttpArguments.MessageId(body.Mid, context.Request);
        var key = HttpArguments.Key(body.Key);
        var results = await Task.WhenAll(names.Select(
            name => PublishOneAsync(caller, name, payload, messageId, key, context.RequestAborted)));
        await HttpAnswer.WriteAsync(context, new BroadcastAnswer(results), HttpJson.Default.BroadcastAnswer);
    }

    /// <summary><c>POST signal</c>.</summary>
    public async Task SignalAsync(HttpContext context, HttpCaller caller)
    {
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.SignalBody, options.MaxMessageBytes);
        var name = HttpArguments.Channel(body.Channel);
        var payload = HttpRequestBody.PayloadOf(body.Data, body.Encoding);
        var key = HttpArguments.Key(body.Key);
        ThrowIfAuditTrail(name);
        var outcome = await authorizer.AskAsync(
            caller,
            name,
            ChannelRights.Signal,
            asked => channels.Get(name).SignalAsync(new SignalRequest(asked, payload, key), context.RequestAborted),
            static answer => answer.IsUndecided,
            context.RequestAborted);
        ThrowIf(outcome.Refusal);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>GET history</c>.</summary>
    public async Task HistoryAsync(HttpContext context, HttpCaller caller)
    {
        var query = context.Request.Query;
        var name = HttpArguments.Channel(query["channel"]);
        var from = HttpArguments.Position(query["epoch"], query["seq"]);
        var limit = HttpArguments.Integer(query["limit"], "limit", 1, ReadRequest.MaxLimit, otherwise: 100);
        var reverse = HttpArguments.Flag(query["reverse"], "reverse");
        var outcome = await authorizer.AskAsync(
            caller,
            name,
            ChannelRights.History,
            asked => channels.Get(name).ReadAsync(new ReadRequest(asked, from, limit, reverse), context.RequestAborted),
            static answer => answer.IsUndecided,
            context.RequestAborted);
        ThrowIf(outcome.Refusal);
        await HttpAnswer.WriteAsync(
            context,
            new HistoryAnswer(
                [.. outcome.Publications.Select(PublicationAnswer.Of)],
                outcome.Position.Epoch.ToString(), outcome.Position.Sequence, outcome.More),
            HttpJson.Default.HistoryAnswer);
    }

    /// <summary><c>GET presence</c>.</summary>
    public async Task PresenceAsync(HttpContext context, HttpCaller caller)
    {
        var name = HttpArguments.Channel(context.Request.Query["channel"]);
        var outcome = await authorizer.AskAsync(
            caller,
            name,
            ChannelRights.Presence,
            asked => channels.Get(name).PresenceAsync(asked, context.RequestAborted),
            static answer => answer.IsUndecided,
            context.RequestAborted);
        ThrowIf(outcome.Refusal);
        await HttpAnswer.WriteAsync(
            context,
            new PresenceAnswer([.. outcome.Members.Select(MemberAnswer.Of)], outcome.Count, outcome.IsTruncated),
            HttpJson.Default.PresenceAnswer);
    }

    /// <summary><c>GET channel</c>.</summary>
    public async Task DescribeAsync(HttpContext context, HttpCaller caller)
    {
        var name = HttpArguments.Channel(context.Request.Query["channel"]);
        if (!caller.In(name).IsTrusted)
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden(
                "looking into a channel needs an API key, or a token with 'manage' in it"));
        }

        if (!policies.TryFind(name, out _))
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden($"the namespace '{name.Namespace}' is not configured"));
        }

        var description = await channels.Get(name).DescribeAsync(context.RequestAborted);
        await HttpAnswer.WriteAsync(context, ChannelAnswers.Of(description), HttpJson.Default.ChannelAnswer);
    }

    /// <summary><c>POST grant</c>.</summary>
    public Task GrantAsync(HttpContext context, HttpCaller caller) => ChangeGrantAsync(context, caller, isRevocation: false);

    /// <summary><c>POST revoke</c>.</summary>
    public Task RevokeAsync(HttpContext context, HttpCaller caller) => ChangeGrantAsync(context, caller, isRevocation: true);

    private async Task ChangeGrantAsync(HttpContext context, HttpCaller caller, bool isRevocation)
    {
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.GrantBody, options.MaxMessageBytes);
        var name = HttpArguments.Channel(body.Channel);
        var user = HttpArguments.User(body.User);
        var rights = HttpArguments.Rights(body.Rights);

        long version = 0;
        var act = new AuditedAct(
            isRevocation ? "revoke" : "grant", caller.Sender, user, name, string.Join(", ", ChannelRightNames.Of(rights)));
        await audit.CarryOutAsync(act, async () =>
        {
            // The channel decides: whoever was granted 'manage' in it may, too.
            var outcome = await channels.Get(name).ChangeGrantAsync(
                new GrantChange(caller.In(name), user, rights, isRevocation), context.RequestAborted);
            ThrowIf(outcome.Refusal);
            version = outcome.Version;
            return null;
        });
        await HttpAnswer.WriteAsync(context, new GrantAnswer(version), HttpJson.Default.GrantAnswer);
    }

    private async ValueTask<PublishOutcome> PublishAsync(
        HttpCaller caller, ChannelName name, Payload payload, string? messageId, string? key, CancellationToken cancellationToken)
    {
        ThrowIfAuditTrail(name);
        var outcome = await authorizer.AskAsync(
            caller,
            name,
            ChannelRights.Publish,
            asked => channels.Get(name).PublishAsync(new PublishRequest(asked, payload, messageId, key), cancellationToken),
            static answer => answer.IsUndecided,
            cancellationToken);
        metrics.PublicationIn(outcome);
        return outcome;
    }

    private async Task<BroadcastResult> PublishOneAsync(
        HttpCaller caller, ChannelName name, Payload payload, string? messageId, string? key, CancellationToken cancellationToken)
    {
        RealtimeError error;
        try
        {
            var outcome = await PublishAsync(caller, name, payload, messageId, key, cancellationToken);
            if (outcome.Refusal is not { } refusal)
            {
                return new BroadcastResult(
                    name.Value, outcome.Position.Sequence, outcome.Position.Epoch.Value, outcome.IsDuplicate, null);
            }

            error = refusal;
        }
        catch (ActorUnavailableException)
        {
            // One channel that cannot be reached does not take the others' answers with it.
            error = new RealtimeError(RealtimeErrorCode.Unavailable, "not reachable now; try again with the same message id");
        }

        return new BroadcastResult(name.Value, null, null, null, new BroadcastError(
            error.Code.ToWireName(), error.Detail, error.IsRetryable, Problem.RoundUp(error.RetryAfter)));
    }

    /// <summary>Who may do everything else must not be able to write what he did, or did not do.</summary>
    private static void ThrowIfAuditTrail(ChannelName name)
    {
        if (name.Namespace == AuditTrail.Namespace)
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden("only the server itself writes to the audit trail"));
        }
    }

    private static void ThrowIf(RealtimeError? error)
    {
        if (error is not null)
        {
            throw new HttpRefusedException(HttpRefusals.Of(error));
        }
    }
}
