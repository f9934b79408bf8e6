using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Storage.AdoNet.Writing;

internal sealed partial class LogWriter
{
    [LoggerMessage(4000, LogLevel.Warning,
        "A transaction of {Requests} requests failed ({Fault}). More failures of this kind are not logged until one succeeds.")]
    private static partial void TransactionFailed(ILogger logger, Exception exception, int requests, StorageFault fault);

    [LoggerMessage(4001, LogLevel.Information, "The store can be written to again.")]
    private static partial void WriterRecovered(ILogger logger);

    [LoggerMessage(4002, LogLevel.Debug, "A broken connection could not be closed properly.")]
    private static partial void ConnectionClosedBadly(ILogger logger, Exception exception);

    [LoggerMessage(4003, LogLevel.Error,
        "The store stopped with {Requests} requests still waiting after {StopTimeout}; they fail.")]
    private static partial void StoppedBeforeDrained(ILogger logger, int requests, TimeSpan stopTimeout);
}
