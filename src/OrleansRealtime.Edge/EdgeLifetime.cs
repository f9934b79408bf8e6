using Microsoft.Extensions.Hosting;

namespace OrleansRealtime.Edge;

/// <summary>Starts the heartbeat with the host, and drains the node before the host stops anything else.</summary>
/// <remarks>
/// Draining happens while the host is stopping, before any service stops: the web server would cut the connections, and the
/// actors would not answer any more.
/// </remarks>
internal sealed class EdgeLifetime : IHostedLifecycleService
{
    private readonly EdgeNode _node;
    private readonly Heartbeat _heartbeat;
    private readonly Drain _drain;

    /// <summary>Creates it.</summary>
    public EdgeLifetime(EdgeNode node, Heartbeat heartbeat, Drain drain)
    {
        _node = node;
        _heartbeat = heartbeat;
        _drain = drain;
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _heartbeat.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => _drain.RunAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _node.Attachments.DetachAllAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _heartbeat.Dispose();
        return Task.CompletedTask;
    }
}
