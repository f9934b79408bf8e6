namespace OrleansRealtime.Samples.OrleansGame;

internal static partial class ArenaGrainLog
{
    [LoggerMessage(7300, LogLevel.Warning, "{Player} published a move that the page does not know, and was sent away.")]
    public static partial void PlayerCheated(this ILogger logger, string player);

    [LoggerMessage(7301, LogLevel.Warning, "A tick of {Arena} could not be published.")]
    public static partial void TickNotPublished(this ILogger logger, string arena, Exception failure);
}
