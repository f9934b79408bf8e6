using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Testing;

/// <summary>One log line that a test can look at. Immutable.</summary>
public sealed record LogEntry(string Category, LogLevel Level, EventId Event, string Message, Exception? Exception)
{
    public override string ToString() =>
        $"{Level} {Category} {Event.Id} {Event.Name}: {Message}{(Exception is null ? "" : Environment.NewLine + Exception)}";
}
