using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Reads the keys at the JWKS address when the server starts, if one is configured.</summary>
internal sealed class JwksStart(IOptions<AuthenticationOptions> options, IServiceProvider services) : IHostedService
{
    private readonly JwksSource? _source = options.Value.JwksUri is null ? null : services.GetRequiredService<JwksSource>();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => _source?.StartAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _source?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
