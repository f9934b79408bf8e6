using OrleansRealtime.Core.Ports;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Development;
using OrleansRealtime.Server.Policies;

namespace OrleansRealtime.Server;

/// <summary>The composition root: puts the parts together as the configuration says.</summary>
internal static class ServerApp
{
    /// <summary>
    /// What the builder of the server is made with. The configuration and the page lie beside the executable; data lies in the
    /// working folder.
    /// </summary>
    public static WebApplicationOptions Options(string[] args) =>
        new() { Args = args, ContentRootPath = AppContext.BaseDirectory, ApplicationName = "OrleansRealtime.Server" };

    /// <summary>Makes the server, not yet started.</summary>
    /// <exception cref="ConfigurationException">The configuration has mistakes; the message lists all of them.</exception>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(Options(args));
        var isDevelopment = builder.Environment.IsDevelopment();
        var read = ServerConfiguration.Read(builder.Configuration, needsKeys: !isDevelopment);
        if (read.Mistakes.Count > 0)
        {
            throw new ConfigurationException(read.Mistakes);
        }

        var development = isDevelopment ? UseDevelopmentKeys(read.Options) : null;
        builder.Services.AddSingleton(read.Options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IChannelPolicies>(services => new ReloadingPolicies(
            read.Policies, read.Options, builder.Configuration, services.GetRequiredService<ILogger<ReloadingPolicies>>()));
        ServerParts.Add(builder.Services, read.Options);

        var app = builder.Build();
        ServerPipeline.Use(app, read.Options, development);
        return app;
    }

    private static DevelopmentKeys? UseDevelopmentKeys(RealtimeOptions options)
    {
        if (options.Authentication.Keys.Count > 0 && options.ApiKeys.Count > 0)
        {
            return null;
        }

        var keys = DevelopmentKeys.LoadOrCreate(DevelopmentKeys.DefaultFile);
        return keys.AddTo(options) ? keys : null;
    }
}
