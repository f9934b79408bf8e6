using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Storage.AdoNet;

internal sealed partial class SchemaInstaller
{
    [LoggerMessage(4010, LogLevel.Information, "Schema version {Version} was installed in the {Dialect} database.")]
    private static partial void SchemaInstalled(ILogger logger, string dialect, int version);
}
