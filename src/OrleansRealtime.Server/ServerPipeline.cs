using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Development;
using OrleansRealtime.Server.Health;
using OrleansRealtime.Server.Metrics;
using OrleansRealtime.Server.Operators;

namespace OrleansRealtime.Server;

/// <summary>What a request passes through, in order.</summary>
internal static class ServerPipeline
{
    /// <summary>Adds the middleware and the endpoints to <paramref name="app"/>.</summary>
    public static void Use(WebApplication app, RealtimeOptions options, DevelopmentKeys? development)
    {
        if (TrustedProxies.Read(options.Edge.TrustedProxies) is { } headers)
        {
            app.UseForwardedHeaders(headers);
        }

        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app, options.Metrics);
        ConsoleEndpoint.Map(app, options.Console, issuesTokens: development is not null);
        if (options.Cluster.Role != NodeRole.Silo)
        {
            UseClientEndpoints(app, options, development);
        }

        app.Lifetime.ApplicationStarted.Register(() => StartNotes.Write(app, options, development));
    }

    private static void UseClientEndpoints(WebApplication app, RealtimeOptions options, DevelopmentKeys? development)
    {
        ConsoleEndpoint.Use(app, options.Console);
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = static context => Harden(context.Context.Response) });
        ServerParts.Map(app, options);
        if (development is not null)
        {
            TokenEndpoint.Map(app, new JwtIssuer(options.Authentication, TimeProvider.System));
        }
    }

    // The page shows what strangers write, so nothing but its own files may run in it.
    private static void Harden(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-cache";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
