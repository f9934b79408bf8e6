using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Development;
using OrleansRealtime.Server.Health;
using OrleansRealtime.Server.Metrics;

namespace OrleansRealtime.Server;

/// <summary>What a request passes through, in order.</summary>
internal static class ServerPipeline
{
    /// <summary>Adds the middleware and the endpoints to <paramref name="app"/>.</summary>
    public static void Use(WebApplication app, RealtimeOptions options, DevelopmentKeys? development)
    {
        UseForwardedHeaders(app, options.Edge.TrustedProxies);
        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app, options.Metrics);
        if (options.Cluster.Role != NodeRole.Silo)
        {
            UseClientEndpoints(app, options, development);
        }

        app.Lifetime.ApplicationStarted.Register(() => StartNotes.Write(app, options, development));
    }

    private static void UseClientEndpoints(WebApplication app, RealtimeOptions options, DevelopmentKeys? development)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = static context => Harden(context.Context.Response) });
        ServerParts.Map(app);
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

    // Without configured proxies the headers stay what they are to a stranger's request: claims, not believed.
    private static void UseForwardedHeaders(WebApplication app, IList<string> proxies)
    {
        if (proxies.Count == 0)
        {
            return;
        }

        var headers = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
        };
        headers.KnownProxies.Clear();
        headers.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                headers.KnownProxies.Add(address);
            }
            else
            {
                headers.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        app.UseForwardedHeaders(headers);
    }
}
