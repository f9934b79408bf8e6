using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansRealtime.EndToEnd.Tests.Serving;
using OrleansRealtime.Server.Memory;

namespace OrleansRealtime.EndToEnd.Tests.Memory;

public sealed class HeapCompactorTests
{
    private const int CompactedEvent = 5050;
    private const string Quiet = "--Logging:LogLevel:OrleansRealtime.Server.Memory.HeapCompactor=Information";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task HeapCompactor_ManyCameAndWent_CompactsOnceItIsQuiet()
    {
        await using var app = await ServedApp.StartAsync(
            Quiet, "--Realtime:Limits:HandshakesPerSecond=100000", "--Realtime:Limits:HandshakesPerSecondPerIp=100000");
        using var log = new Listener();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);

        for (var i = 0; i < QuietRule.MinMoves / 2; i++)
        {
            using var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol("realtime.v1.json");
            await socket.ConnectAsync(new UriBuilder(app.Address) { Scheme = "ws", Path = "/v1/ws" }.Uri, default);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }

        Assert.Contains("Compacted the heap", await log.Compacted.WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeapCompactor_TurnedOff_IsNotThere()
    {
        await using var with = await ServedApp.StartAsync();
        await using var without = await ServedApp.StartAsync("--Realtime:Memory:CompactWhenQuiet=false");

        Assert.Single(with.Services.GetServices<IHostedService>().OfType<HeapCompactor>());
        Assert.Empty(without.Services.GetServices<IHostedService>().OfType<HeapCompactor>());
    }

    private sealed class Listener : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource<string> _compacted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Compacted => _compacted.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == CompactedEvent)
            {
                _compacted.TrySetResult(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
