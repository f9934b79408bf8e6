using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Edge.Http;

internal sealed partial class HttpBoundary
{
    [LoggerMessage(1310, LogLevel.Warning, "An actor was not reachable for {Path}")]
    private static partial void ActorUnavailable(ILogger logger, string path, Exception exception);

    [LoggerMessage(1311, LogLevel.Error, "The endpoint {Path} failed")]
    private static partial void EndpointFailed(ILogger logger, string path, Exception exception);
}
