using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Client.Connections;

/// <summary>What the client logs.</summary>
internal static partial class ConnectorLog
{
    [LoggerMessage(6000, LogLevel.Information, "Connected to {Node} as {User}; session {Session}, resumed: {Resumed}.")]
    public static partial void Connected(this ILogger logger, string node, string user, string session, bool resumed);

    [LoggerMessage(6001, LogLevel.Information, "The connection ended ({Code}: {Reason}); the next attempt is in {DelayMs} ms.")]
    public static partial void ComingBack(this ILogger logger, int code, string reason, double delayMs);

    [LoggerMessage(6002, LogLevel.Warning, "The client is closed ({Code}: {Reason}) and does not come back by itself.")]
    public static partial void ClosedForGood(this ILogger logger, int code, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "The token provider failed; it is asked again.")]
    public static partial void TokenProviderFailed(this ILogger logger, Exception exception);

    [LoggerMessage(6004, LogLevel.Debug, "A command for {Channel} was refused ({Code}): {Detail}")]
    public static partial void CommandRefused(this ILogger logger, string channel, string code, string detail);

    [LoggerMessage(6005, LogLevel.Warning, "Who is in {Channel} could not be read: {Detail}")]
    public static partial void PresenceUnknown(this ILogger logger, string channel, string detail);

    [LoggerMessage(6006, LogLevel.Information, "WebSockets do not get through; server-sent events are tried instead.")]
    public static partial void FallingBack(this ILogger logger);

    [LoggerMessage(6007, LogLevel.Error, "The client has failed in a way that it does not know; it is closed.")]
    public static partial void Failed(this ILogger logger, Exception exception);

    [LoggerMessage(6008, LogLevel.Error, "A handler of the application threw.")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception);
}
