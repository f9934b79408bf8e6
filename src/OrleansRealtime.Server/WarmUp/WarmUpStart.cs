using System.Runtime;
using OrleansRealtime.Edge.Sockets;
using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.WarmUp;

/// <summary>Warms the server up when its store is open and before anything else of it starts, so before it listens or is ready.</summary>
/// <remarks>Whatever comes of it, and however long it would take: the server starts, unless it is told to stop.</remarks>
/// <param name="timeLimit">How long it may take.</param>
/// <param name="warmUp">Does it, until it is cancelled.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">Is told how it went.</param>
internal sealed partial class WarmUpStart(
    TimeSpan timeLimit, Func<CancellationToken, Task> warmUp, TimeProvider clock, ILogger<WarmUpStart> logger)
    : IHostedLifecycleService
{
    /// <summary>Has a host warm up, where that is wanted and the system can.</summary>
    public static void Add(IServiceCollection services, RealtimeOptions options)
    {
        if (options.WarmUp.IsWanted && SocketEngine.IsSupported)
        {
            services.AddHostedService(provider =>
            {
                var clock = provider.GetRequiredService<TimeProvider>();
                return new WarmUpStart(
                    options.WarmUp.TimeLimit,
                    stopping => RehearseAsync(options, clock, stopping),
                    clock,
                    provider.GetRequiredService<ILogger<WarmUpStart>>());
            });
        }
    }

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeLimit, clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var began = clock.GetTimestamp();
        var running = RunAsync(over.Token);
        try
        {
            // What is cancelled has its own things to put away, which nobody has to wait for.
            await running.WaitAsync(over.Token);
            WarmedUp(logger, clock.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            _ = AbandonAsync(running);

            // Nothing else is to be started by a host that was told to stop.
            cancellationToken.ThrowIfCancellationRequested();
            Cut(logger, clock.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception exception)
        {
            // A server that is cold serves all the same.
            Failed(logger, exception);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task RehearseAsync(RealtimeOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var node = await RehearsalNode.StartAsync(options, clock, cancellationToken);
        await new Rehearsal(options.WarmUp.Connections, clock, static () => JitInfo.GetCompiledMethodCount())
            .RunAsync(node, cancellationToken);
    }

    // What is thrown before the first wait is a failure like any other.
    private async Task RunAsync(CancellationToken cancellationToken) => await warmUp(cancellationToken);

    private async Task AbandonAsync(Task running)
    {
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // As it was told.
        }
        catch (Exception exception)
        {
            Failed(logger, exception);
        }
    }

    [LoggerMessage(5060, LogLevel.Information, "Warmed up in {Milliseconds:0} ms")]
    private static partial void WarmedUp(ILogger logger, double milliseconds);

    [LoggerMessage(5061, LogLevel.Information, "The warm-up was ended after {Milliseconds:0} ms; the first clients may be served more slowly")]
    private static partial void Cut(ILogger logger, double milliseconds);

    [LoggerMessage(5062, LogLevel.Warning, "The warm-up failed; the first clients are served more slowly")]
    private static partial void Failed(ILogger logger, Exception exception);
}
