using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Storage.AdoNet.Trimming;

internal sealed partial class Trimmer
{
    [LoggerMessage(4020, LogLevel.Warning, "What exceeds its retention could not be trimmed; the next sweep tries again.")]
    private static partial void TrimFailed(ILogger logger, Exception exception);

    [LoggerMessage(4021, LogLevel.Error, "Trimming met an unexpected exception.")]
    private static partial void TrimBroke(ILogger logger, Exception exception);
}
