using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Edge.Authentication;

internal sealed partial class JwksSource
{
    [LoggerMessage(1300, LogLevel.Information, "Read {Count} signing keys from {Address}")]
    private static partial void KeysRead(ILogger logger, int count, Uri address);

    [LoggerMessage(1301, LogLevel.Warning, "Could not read signing keys from {Address}; the {Count} read before stay in force")]
    private static partial void KeysNotRead(ILogger logger, Uri address, int count, Exception exception);
}
