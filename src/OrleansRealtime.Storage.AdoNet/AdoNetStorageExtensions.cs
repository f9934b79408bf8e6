using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Adds the store to an application.</summary>
public static class AdoNetStorageExtensions
{
    /// <summary>
    /// Adds <see cref="IChannelLog"/>, <see cref="IGrantStore"/> and <see cref="IUserStore"/> over a database. The schema is
    /// installed before any hosted service starts, and what waits is written after all have stopped.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="dialect">The kind of database.</param>
    /// <param name="dataSource">Makes the data source, once; it is disposed with the application.</param>
    /// <param name="configure">Changes the options, or null; they are validated at start.</param>
    public static IServiceCollection AddAdoNetStorage(
        this IServiceCollection services,
        Dialect dialect,
        Func<IServiceProvider, DbDataSource> dataSource,
        Action<StorageOptions>? configure = null)
    {
        services.AddOptions<StorageOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(dataSource);
        services.AddSingleton(provider => new AdoNetStorage(
            dialect,
            provider.GetRequiredService<DbDataSource>(),
            provider.GetRequiredService<IOptions<StorageOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetService<IMeterFactory>()));
        services.AddSingleton(static provider => provider.GetRequiredService<AdoNetStorage>().ChannelLog);
        services.AddSingleton(static provider => provider.GetRequiredService<AdoNetStorage>().Grants);
        services.AddSingleton(static provider => provider.GetRequiredService<AdoNetStorage>().Users);
        services.AddSingleton<IHostedService, StorageLifetime>();
        return services;
    }
}
