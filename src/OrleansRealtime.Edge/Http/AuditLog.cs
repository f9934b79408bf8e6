using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Edge.Http;

/// <summary>The audit log: one line for every administrative act over HTTP. Event ids 1320 to 1329; one for each kind of act.</summary>
internal static partial class AuditLog
{
    /// <summary>An act was carried out.</summary>
    public static void Done(ILogger logger, AuditedAct act, string result)
    {
        var (by, user, channel, detail) = (act.By, act.User, act.Channel?.Value ?? "-", LogText.Of(act.Detail ?? "-"));
        switch (act.Act)
        {
            case "grant" or "revoke":
                GrantsChanged(logger, by, channel, act.Act, detail, user);
                break;
            case "ban":
                Banned(logger, by, user, detail);
                break;
            case "unban":
                Unbanned(logger, by, user);
                break;
            case "revoke-tokens":
                TokensRevoked(logger, by, user, detail);
                break;
            default:
                ConnectionsClosed(logger, by, act.Act, user, detail, result);
                break;
        }
    }

    [LoggerMessage(1325, LogLevel.Warning, "{By} was refused to {Act}: {Code}")]
    public static partial void Refused(ILogger logger, Sender by, string act, RealtimeErrorCode code);

    [LoggerMessage(1326, LogLevel.Warning, "{By} tried to {Act} {User} in {Channel}, which failed, and may have happened or not: {Detail}")]
    public static partial void Failed(ILogger logger, Sender by, string act, UserId user, string channel, string detail);

    [LoggerMessage(1327, LogLevel.Warning, "That {Act} of {User} happened could not be published in the audit channel: {Detail}")]
    public static partial void NotPublished(ILogger logger, string act, UserId user, string detail);

    [LoggerMessage(1320, LogLevel.Information, "{By} changed grants in {Channel}: {Change} {Rights} for {User}")]
    private static partial void GrantsChanged(
        ILogger logger, Sender by, string channel, string change, string rights, UserId user);

    [LoggerMessage(1321, LogLevel.Information, "{By} closed connections by {Act} of {User}: {Reason}, {Result}")]
    private static partial void ConnectionsClosed(
        ILogger logger, Sender by, string act, UserId user, string reason, string result);

    [LoggerMessage(1322, LogLevel.Information, "{By} banned {User}: {Detail}")]
    private static partial void Banned(ILogger logger, Sender by, UserId user, string detail);

    [LoggerMessage(1323, LogLevel.Information, "{By} lifted the ban of {User}")]
    private static partial void Unbanned(ILogger logger, Sender by, UserId user);

    [LoggerMessage(1324, LogLevel.Information, "{By} revoked the tokens of {User} issued before {Before}")]
    private static partial void TokensRevoked(ILogger logger, Sender by, UserId user, string before);
}
