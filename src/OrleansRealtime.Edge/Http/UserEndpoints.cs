using Microsoft.AspNetCore.Http;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Edge.Http;

/// <summary>What the HTTP API does with users.</summary>
internal sealed class UserEndpoints(IUsers users, AuditTrail audit, EdgeOptions options, TimeProvider clock)
{
    /// <summary><c>POST disconnect</c>: closes with 1001, so that the client may come back at once.</summary>
    public async Task DisconnectAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller, "disconnect");
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.DisconnectBody, options.MaxMessageBytes);
        var session = HttpArguments.Session(body.Session);
        var act = new AuditedAct(
            "disconnect", caller.Sender, HttpArguments.User(body.User), Detail: session is { } one ? $"session {one.Value}" : null);
        await CloseAsync(context, act, session, CloseReason.GoingAway);
    }

    /// <summary><c>POST kick</c>: closes with 4030.</summary>
    public async Task KickAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller, "kick");
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.KickBody, options.MaxMessageBytes);
        var text = CloseText(body.Reason);
        var act = new AuditedAct("kick", caller.Sender, HttpArguments.User(body.User), Detail: text.Length > 0 ? text : null);
        await CloseAsync(context, act, session: null, text.Length > 0 ? CloseReason.Kicked.With(text) : CloseReason.Kicked);
    }

    /// <summary><c>POST ban</c>: closes with 4031, and refuses the user until the ban ends.</summary>
    public async Task BanAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller, "ban");
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.BanBody, options.MaxMessageBytes);
        var user = HttpArguments.User(body.User);
        var until = HttpArguments.Time(body.Until, "until");
        var reason = CloseText(body.Reason);
        var term = until is { } end ? $"until {end.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "for good";
        var act = new AuditedAct("ban", caller.Sender, user, Detail: reason.Length > 0 ? $"{term}: {reason}" : term);
        await ActAsync(context, act, () =>
            users.Get(user).BanAsync(new Ban(until, reason, caller.Sender.Value), context.RequestAborted));
    }

    /// <summary><c>POST unban</c>.</summary>
    public async Task UnbanAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller, "unban");
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.UnbanBody, options.MaxMessageBytes);
        var user = HttpArguments.User(body.User);
        await ActAsync(
            context, new AuditedAct("unban", caller.Sender, user), () => users.Get(user).UnbanAsync(context.RequestAborted));
    }

    /// <summary><c>POST revoke-tokens</c>: closes with 4010 what used one of them.</summary>
    public async Task RevokeTokensAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller, "revoke-tokens");
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.RevokeTokensBody, options.MaxMessageBytes);
        var user = HttpArguments.User(body.User);
        var before = HttpArguments.Time(body.Before, "before") ?? clock.GetUtcNow();
        var act = new AuditedAct(
            "revoke-tokens", caller.Sender, user, Detail: $"issued before {before.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
        await ActAsync(context, act, () => users.Get(user).RevokeTokensAsync(before, context.RequestAborted));
    }

    /// <summary><c>GET user</c>: a manager looks at anyone, a user at himself.</summary>
    public async Task DescribeAsync(HttpContext context, HttpCaller caller)
    {
        var user = HttpArguments.User(context.Request.Query["user"]);
        if (caller.Identity is not { IsAnonymous: false } identity || identity.User != user)
        {
            ThrowUnlessManager(caller, "look into a user");
        }

        var description = await users.Get(user).DescribeAsync(context.RequestAborted);
        var answer = new UserAnswer(
            user.Value,
            description.IsOnline,
            description.Status,
            description.LastSeen?.ToUnixTimeMilliseconds(),
            [.. description.Sessions.Select(static session => new SessionAnswer(
                session.Session.Value, session.Edge.Value, session.Connection is not null))],
            description.Ban is { } ban ? new BanAnswer(ban.Until?.ToUnixTimeMilliseconds(), ban.Reason, ban.By) : null,
            description.TokensRevokedBefore?.ToUnixTimeMilliseconds());
        await HttpAnswer.WriteAsync(context, answer, HttpJson.Default.UserAnswer);
    }

    /// <summary><c>PUT status</c>: a user sets his own, a manager anyone's.</summary>
    public async Task SetStatusAsync(HttpContext context, HttpCaller caller)
    {
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.StatusBody, options.MaxMessageBytes);
        var self = caller.Identity is { IsAnonymous: false } identity ? identity.User : (UserId?)null;
        var user = body.User is null && self is not null ? self.Value : HttpArguments.User(body.User);
        if (user != self)
        {
            ThrowUnlessManager(caller, "set the status of another user");
        }

        await users.Get(user).SetStatusAsync(
            new UserStatusText(HttpArguments.Text(body.Status, "status")), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task CloseAsync(HttpContext context, AuditedAct act, SessionId? session, CloseReason reason)
    {
        var closed = 0;
        await audit.CarryOutAsync(act, async () =>
        {
            closed = await users.Get(act.User).DisconnectAsync(session, reason, context.RequestAborted);
            return closed == 1 ? "1 connection closed" : $"{closed} connections closed";
        });
        await HttpAnswer.WriteAsync(context, new DisconnectAnswer(closed), HttpJson.Default.DisconnectAnswer);
    }

    private async Task ActAsync(HttpContext context, AuditedAct act, Func<ValueTask> carryOut)
    {
        await audit.CarryOutAsync(act, async () =>
        {
            await carryOut();
            return null;
        });
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>A text that fits a close frame: 123 bytes of UTF-8 (RFC 6455, section 5.5).</summary>
    private static string CloseText(string? reason)
    {
        const int maxBytes = 123;
        var text = HttpArguments.Text(reason, "reason");
        return System.Text.Encoding.UTF8.GetByteCount(text) <= maxBytes
            ? text
            : throw HttpArguments.Bad($"'reason' has at most {maxBytes} bytes of UTF-8");
    }

    private void ThrowUnlessManager(HttpCaller caller, string act)
    {
        if (!caller.ManagesUsers)
        {
            audit.Refused(caller.Sender, act, RealtimeErrorCode.Forbidden);
            throw new HttpRefusedException(HttpRefusals.Forbidden(
                "this needs an API key, or a token with the capability {\"*\":[\"manage\"]}"));
        }
    }
}
