using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;

namespace OrleansRealtime.Edge.Http;

/// <summary>What the HTTP API does with users.</summary>
internal sealed class UserEndpoints(IUsers users, EdgeOptions options, TimeProvider clock, ILoggerFactory loggers)
{
    private readonly ILogger _audit = loggers.CreateLogger(HttpAudit.Category);

    /// <summary><c>POST disconnect</c>: closes with 1001, so that the client may come back at once.</summary>
    public async Task DisconnectAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller);
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.DisconnectBody, options.MaxMessageBytes);
        await CloseAsync(
            context, caller, HttpArguments.User(body.User), HttpArguments.Session(body.Session), CloseReason.GoingAway);
    }

    /// <summary><c>POST kick</c>: closes with 4030.</summary>
    public async Task KickAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller);
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.KickBody, options.MaxMessageBytes);
        var text = CloseText(body.Reason);
        var reason = text.Length > 0 ? CloseReason.Kicked.With(text) : CloseReason.Kicked;
        await CloseAsync(context, caller, HttpArguments.User(body.User), session: null, reason);
    }

    /// <summary><c>POST ban</c>: closes with 4031, and refuses the user until the ban ends.</summary>
    public async Task BanAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller);
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.BanBody, options.MaxMessageBytes);
        var user = HttpArguments.User(body.User);
        var until = HttpArguments.Time(body.Until, "until");
        var reason = CloseText(body.Reason);
        await users.Get(user).BanAsync(new Ban(until, reason, caller.Sender.Value), context.RequestAborted);
        HttpAudit.Banned(_audit, caller.Sender, user, until, LogText.Of(reason));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>POST unban</c>.</summary>
    public async Task UnbanAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller);
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.UnbanBody, options.MaxMessageBytes);
        var user = HttpArguments.User(body.User);
        await users.Get(user).UnbanAsync(context.RequestAborted);
        HttpAudit.Unbanned(_audit, caller.Sender, user);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>POST revoke-tokens</c>: closes with 4010 what used one of them.</summary>
    public async Task RevokeTokensAsync(HttpContext context, HttpCaller caller)
    {
        ThrowUnlessManager(caller);
        var body = await HttpRequestBody.ReadAsync(context, HttpJson.Default.RevokeTokensBody, options.MaxMessageBytes);
        var user = HttpArguments.User(body.User);
        var before = HttpArguments.Time(body.Before, "before") ?? clock.GetUtcNow();
        await users.Get(user).RevokeTokensAsync(before, context.RequestAborted);
        HttpAudit.TokensRevoked(_audit, caller.Sender, user, before);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>GET user</c>: a manager looks at anyone, a user at himself.</summary>
    public async Task DescribeAsync(HttpContext context, HttpCaller caller)
    {
        var user = HttpArguments.User(context.Request.Query["user"]);
        if (caller.Identity is not { IsAnonymous: false } identity || identity.User != user)
        {
            ThrowUnlessManager(caller);
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
            ThrowUnlessManager(caller);
        }

        await users.Get(user).SetStatusAsync(
            new UserStatusText(HttpArguments.Text(body.Status, "status")), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task CloseAsync(
        HttpContext context, HttpCaller caller, UserId user, SessionId? session, CloseReason reason)
    {
        var closed = await users.Get(user).DisconnectAsync(session, reason, context.RequestAborted);
        HttpAudit.ConnectionsClosed(_audit, caller.Sender, closed, user, reason.With(LogText.Of(reason.Reason)));
        await HttpAnswer.WriteAsync(context, new DisconnectAnswer(closed), HttpJson.Default.DisconnectAnswer);
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

    private static void ThrowUnlessManager(HttpCaller caller)
    {
        if (!caller.ManagesUsers)
        {
            throw new HttpRefusedException(HttpRefusals.Forbidden(
                "this needs an API key, or a token with the capability {\"*\":[\"manage\"]}"));
        }
    }
}
