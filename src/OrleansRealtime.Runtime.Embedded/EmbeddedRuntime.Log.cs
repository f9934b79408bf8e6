using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>What the embedded runtime logs; event ids from 2000.</summary>
internal static partial class EmbeddedRuntimeLog
{
    [LoggerMessage(2000, LogLevel.Debug, "The {Kind} '{Key}' is active.")]
    public static partial void ActorActivated(this ILogger logger, string kind, string? key);

    [LoggerMessage(2001, LogLevel.Debug, "The {Kind} '{Key}' is down: {Reason}.")]
    public static partial void ActorDeactivated(this ILogger logger, string kind, string? key, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "The {Kind} '{Key}' could not be activated; the next call tries again.")]
    public static partial void ActivationFailed(this ILogger logger, string kind, string? key, Exception failure);

    [LoggerMessage(2003, LogLevel.Error, "Activating the {Kind} '{Key}' failed unexpectedly.")]
    public static partial void ActivationBroke(this ILogger logger, string kind, string? key, Exception failure);

    [LoggerMessage(2004, LogLevel.Warning, "The {Kind} '{Key}' did not go down properly.")]
    public static partial void DeactivationFailed(this ILogger logger, string kind, string? key, Exception failure);

    [LoggerMessage(2005, LogLevel.Error, "A turn of the {Kind} '{Key}' failed unexpectedly.")]
    public static partial void TurnFailed(this ILogger logger, string kind, string? key, Exception failure);

    [LoggerMessage(2006, LogLevel.Warning, "The {Kind} '{Key}' is hampered: {What}.")]
    public static partial void ActorHampered(this ILogger logger, string kind, string? key, string what, Exception failure);

    [LoggerMessage(2007, LogLevel.Error, "The {Kind} '{Key}' met a bug: {What}.")]
    public static partial void ActorFailed(this ILogger logger, string kind, string? key, string what, Exception failure);

    [LoggerMessage(2008, LogLevel.Error, "Edge '{Edge}' failed to take in a message.")]
    public static partial void EdgeInboxFailed(this ILogger logger, EdgeId edge, Exception failure);

    [LoggerMessage(2009, LogLevel.Warning, "Not all actors went down in time; {Remaining} are left.")]
    public static partial void ActorsLeftBehind(this ILogger logger, int remaining);
}
