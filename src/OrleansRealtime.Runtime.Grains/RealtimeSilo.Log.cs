using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>What a silo logs of its actors and of its edges.</summary>
internal static partial class RealtimeSiloLog
{
    [LoggerMessage(3000, LogLevel.Debug, "The {Kind} '{Key}' is active.")]
    public static partial void ActorActivated(this ILogger logger, string kind, string key);

    [LoggerMessage(3001, LogLevel.Debug, "The {Kind} '{Key}' is down: {Reason}.")]
    public static partial void ActorDeactivated(this ILogger logger, string kind, string key, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "The {Kind} '{Key}' could not be activated; the next call tries again.")]
    public static partial void ActivationFailed(this ILogger logger, string kind, string key, Exception failure);

    [LoggerMessage(3003, LogLevel.Error, "Activating the {Kind} '{Key}' failed unexpectedly.")]
    public static partial void ActivationBroke(this ILogger logger, string kind, string key, Exception failure);

    [LoggerMessage(3004, LogLevel.Warning, "The {Kind} '{Key}' did not go down properly.")]
    public static partial void DeactivationFailed(this ILogger logger, string kind, string key, Exception failure);

    [LoggerMessage(3005, LogLevel.Error, "What was due for the {Kind} '{Key}' failed unexpectedly.")]
    public static partial void TickFailed(this ILogger logger, string kind, string key, Exception failure);

    [LoggerMessage(3006, LogLevel.Warning, "The {Kind} '{Key}' could not {What}.")]
    public static partial void ActorHampered(this ILogger logger, string kind, string key, string what, Exception failure);

    [LoggerMessage(3007, LogLevel.Error, "The {Kind} '{Key}' failed to {What}.")]
    public static partial void ActorFailed(this ILogger logger, string kind, string key, string what, Exception failure);

    [LoggerMessage(3008, LogLevel.Error, "Edge '{Edge}' failed to take in a message.")]
    public static partial void EdgeInboxFailed(this ILogger logger, EdgeId edge, Exception failure);

    [LoggerMessage(3009, LogLevel.Debug, "{Count} messages to edge '{Edge}' were lost.")]
    public static partial void MessagesLost(this ILogger logger, EdgeId edge, int count, Exception? failure);

    [LoggerMessage(3010, LogLevel.Debug, "Silo {Silo} could not be asked for edge '{Edge}'.")]
    public static partial void SiloNotAsked(this ILogger logger, string silo, EdgeId edge, Exception failure);

    [LoggerMessage(3011, LogLevel.Information, "Silo {Silo} is dead; its {Count} edges are dropped, and all who were there through them.")]
    public static partial void EdgesOfADeadSiloDropped(this ILogger logger, string silo, int count);

    [LoggerMessage(3012, LogLevel.Debug, "The inbox stream of edge '{Edge}' lost something.")]
    public static partial void InboxStreamFailed(this ILogger logger, EdgeId edge, Exception failure);

    [LoggerMessage(3013, LogLevel.Information, "Silo {Silo} is dead; edges here attach again to {Count} channels that lived there.")]
    public static partial void ChannelsOfADeadSiloLost(this ILogger logger, string silo, int count);
}
