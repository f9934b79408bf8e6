using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Runtime.Grains.Subscribers;

/// <summary>What a silo logs of its subscribing grains.</summary>
internal static partial class SubscriberEdgeLog
{
    [LoggerMessage(3100, LogLevel.Warning, "Grain {Grain} failed to handle what '{Channel}' published; it is handed over again.")]
    public static partial void SubscriberFailed(this ILogger logger, string channel, string grain, Exception failure);

    [LoggerMessage(3101, LogLevel.Warning, "Grain {Grain} failed to handle a signal or a presence change of '{Channel}'.")]
    public static partial void SubscriberFailedOnHint(this ILogger logger, string channel, string grain, Exception failure);

    [LoggerMessage(3102, LogLevel.Warning, "Grains of this silo cannot subscribe to '{Channel}': {Refusal} It is tried again.")]
    public static partial void SubscribersRefused(this ILogger logger, string channel, string refusal);

    [LoggerMessage(3103, LogLevel.Debug, "The subscribing grains of this silo could not attach to '{Channel}'; it is tried again.")]
    public static partial void SubscribersNotAttached(this ILogger logger, string channel, Exception failure);

    [LoggerMessage(3104, LogLevel.Debug, "What subscribing grains of this silo lack of '{Channel}' could not be read; it is tried again.")]
    public static partial void SubscriberReadFailed(this ILogger logger, string channel, Exception failure);

    [LoggerMessage(3105, LogLevel.Debug, "The attachments of the subscribing grains of this silo were not renewed.")]
    public static partial void SubscribersNotRenewed(this ILogger logger, Exception failure);

    [LoggerMessage(3106, LogLevel.Warning, "The grain that listens to '{Channel}' could not be brought up; it is tried again.")]
    public static partial void SubscriberNotWoken(this ILogger logger, string channel, Exception failure);
}
