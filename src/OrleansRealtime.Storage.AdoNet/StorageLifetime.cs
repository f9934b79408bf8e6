using Microsoft.Extensions.Hosting;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Starts the store before the application's hosted services, and stops it after them.</summary>
internal sealed class StorageLifetime(AdoNetStorage storage) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => storage.StartAsync(cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => storage.DisposeAsync().AsTask();
}
