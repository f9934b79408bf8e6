using System.Text;
using Microsoft.Extensions.Logging;
using Xunit;

namespace OrleansRealtime.Testing;

/// <summary>Collects what is logged, and fails a test in which an Error was logged that it did not expect. Safe for concurrent use.</summary>
/// <remarks>
/// Give it to the logging of what is tested (<c>builder.AddProvider(guard)</c>), or use it as the factory, and call
/// <see cref="Verify"/> at the end of the test. Disposing does not verify, because containers dispose their providers.
/// </remarks>
public sealed class LogGuard : ILoggerProvider, ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly HashSet<int> _expected = [];
    private readonly List<(Func<LogEntry, bool> Match, TaskCompletionSource<LogEntry> Found)> _waiters = [];

    /// <summary>All that was logged so far.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Says that errors with this event id belong to the test.</summary>
    public LogGuard Expect(int eventId)
    {
        lock (_lock)
        {
            _expected.Add(eventId);
        }

        return this;
    }

    /// <summary>The first line, logged already or yet to come, that matches.</summary>
    public Task<LogEntry> WhenLogged(Func<LogEntry, bool> match)
    {
        lock (_lock)
        {
            if (_entries.Find(entry => match(entry)) is { } entry)
            {
                return Task.FromResult(entry);
            }

            var found = new TaskCompletionSource<LogEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((match, found));
            return found.Task;
        }
    }

    /// <summary>The first line with this event id, logged already or yet to come.</summary>
    public Task<LogEntry> WhenLogged(int eventId) => WhenLogged(entry => entry.Event.Id == eventId);

    /// <summary>Fails when an Error or worse was logged that nobody expected.</summary>
    public void Verify()
    {
        var unexpected = new StringBuilder();
        lock (_lock)
        {
            foreach (var entry in _entries.Where(entry => entry.Level >= LogLevel.Error && !_expected.Contains(entry.Event.Id)))
            {
                unexpected.AppendLine(entry.ToString());
            }
        }

        Assert.True(unexpected.Length == 0, $"Unexpected errors were logged:{Environment.NewLine}{unexpected}");
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new GuardedLogger(this, categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("A guard as factory logs to itself only.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Add(LogEntry entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            foreach (var waiter in _waiters.Where(waiter => waiter.Match(entry)).ToList())
            {
                _waiters.Remove(waiter);
                waiter.Found.SetResult(entry);
            }
        }
    }

    private sealed class GuardedLogger(LogGuard guard, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            guard.Add(new LogEntry(category, logLevel, eventId, formatter(state, exception), exception));
    }
}
