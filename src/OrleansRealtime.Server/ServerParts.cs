using System.Data.Common;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Health;

namespace OrleansRealtime.Server;

/// <summary>Chooses the parts that the configuration asks for.</summary>
internal static class ServerParts
{
    /// <summary>Adds the store, the runtime and the edge.</summary>
    public static void Add(WebApplicationBuilder builder, RealtimeOptions options)
    {
        builder.Services.AddSingleton(static services => new Readiness(
            services.GetRequiredService<IHostApplicationLifetime>(), services.GetService<DbDataSource>()));
    }

    /// <summary>Maps the edge's endpoints.</summary>
    public static void Map(WebApplication app)
    {
    }
}
