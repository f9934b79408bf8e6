using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Edge.Http;

/// <summary>The audit log: one line for every administrative act over HTTP.</summary>
internal static partial class HttpAudit
{
    /// <summary>The category under which the lines are logged.</summary>
    public const string Category = "OrleansRealtime.Audit";

    [LoggerMessage(1320, LogLevel.Information, "{By} changed grants in {Channel}: {Change} {Rights} for {User}")]
    public static partial void GrantsChanged(
        ILogger logger, Sender by, ChannelName channel, string change, ChannelRights rights, UserId user);

    [LoggerMessage(1321, LogLevel.Information, "{By} closed {Count} connections of {User}: {Reason}")]
    public static partial void ConnectionsClosed(ILogger logger, Sender by, int count, UserId user, CloseReason reason);

    [LoggerMessage(1322, LogLevel.Information, "{By} banned {User} until {Until}: {Reason}")]
    public static partial void Banned(ILogger logger, Sender by, UserId user, DateTimeOffset? until, string reason);

    [LoggerMessage(1323, LogLevel.Information, "{By} lifted the ban of {User}")]
    public static partial void Unbanned(ILogger logger, Sender by, UserId user);

    [LoggerMessage(1324, LogLevel.Information, "{By} revoked the tokens of {User} issued before {Before}")]
    public static partial void TokensRevoked(ILogger logger, Sender by, UserId user, DateTimeOffset before);
}
