using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Edge;

/// <summary>What an edge logs. Never inside the fan-out.</summary>
internal static partial class EdgeLog
{
    [LoggerMessage(1000, LogLevel.Information, "Connection {Connection} of user {User} opened over {Transport}.")]
    public static partial void ConnectionOpened(this ILogger log, long connection, string user, string transport);

    [LoggerMessage(1001, LogLevel.Information, "Connection {Connection} of user {User} closed with {Code}: {Reason}")]
    public static partial void ConnectionClosed(this ILogger log, long connection, string user, int code, string reason);

    [LoggerMessage(1002, LogLevel.Error, "Connection {Connection}: {Command} failed, and the connection is closed.")]
    public static partial void CommandFailed(this ILogger log, long connection, string command, Exception exception);

    [LoggerMessage(1003, LogLevel.Error, "The channel {Channel} failed.")]
    public static partial void ChannelFailed(this ILogger log, string channel, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "The channel {Channel} was not told that this edge detaches: {Detail}")]
    public static partial void DetachFailed(this ILogger log, string channel, string detail);

    [LoggerMessage(1005, LogLevel.Warning, "{Count} attachments were not renewed: {Detail}")]
    public static partial void RenewalFailed(this ILogger log, int count, string detail);

    [LoggerMessage(1006, LogLevel.Error, "The application's authorizer failed for the channel {Channel}, which counts as no.")]
    public static partial void AuthorizerFailed(this ILogger log, string channel, Exception exception);

    [LoggerMessage(1007, LogLevel.Error, "The application's call handler failed for the method {Method}.")]
    public static partial void CallFailed(this ILogger log, string method, Exception exception);

    [LoggerMessage(1008, LogLevel.Error, "Work in the background of the edge failed.")]
    public static partial void BackgroundFailed(this ILogger log, Exception exception);

    [LoggerMessage(1009, LogLevel.Information, "Draining {Connections} connections within {Window}.")]
    public static partial void Draining(this ILogger log, int connections, TimeSpan window);

    [LoggerMessage(1013, LogLevel.Warning, "No connection can be accepted at {Address} now: error {Error} of the system. It is tried again.")]
    public static partial void AcceptFailed(this ILogger log, string address, int error);

    [LoggerMessage(1010, LogLevel.Information, "Drained; {Connections} connections had to be closed at the end.")]
    public static partial void Drained(this ILogger log, int connections);

    [LoggerMessage(1011, LogLevel.Warning, "The sessions of user {User} were not renewed: {Detail}")]
    public static partial void SessionsNotRenewed(this ILogger log, string user, string detail);

    [LoggerMessage(1012, LogLevel.Error, "Connection {Connection} failed while reading, and is closed.")]
    public static partial void ConnectionFailed(this ILogger log, long connection, Exception exception);
}
