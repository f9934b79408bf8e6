using System.Net;
using System.Text;

namespace OrleansRealtime.Server.Metrics;

/// <summary><c>/metrics</c>: what this process measured since it started, for Prometheus.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Its address.</summary>
    public const string Path = "/metrics";

    /// <summary>Maps the page, and starts to measure.</summary>
    public static void Map(WebApplication app, MetricsOptions options)
    {
        if (!options.Enabled)
        {
            return;
        }

        var collector = app.Services.GetRequiredService<MetricsCollector>();
        IPNetwork[] allowed = [.. options.AllowedNetworks.Select(ReadNetwork)];
        app.MapGet(Path, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return MayRead(context, allowed)
                ? Results.Text(WritePage(collector), PrometheusText.ContentType)
                : Results.Problem("Metrics are given to this machine only; list who else may read them in Realtime:Metrics:AllowedNetworks.", statusCode: 403);
        });
    }

    /// <summary>
    /// Whether the request comes from an allowed network, or from this machine itself: a loopback peer that speaks for itself. A
    /// proxy at this machine that is not trusted speaks for a stranger.
    /// </summary>
    internal static bool MayRead(HttpContext context, ReadOnlySpan<IPNetwork> allowed)
    {
        if (context.Connection.RemoteIpAddress is not { } peer)
        {
            return false;
        }

        peer = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        foreach (var network in allowed)
        {
            if (network.Contains(peer))
            {
                return true;
            }
        }

        var headers = context.Request.Headers;
        return IPAddress.IsLoopback(peer) && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded");
    }

    /// <summary>Reads <c>10.0.0.1</c> or <c>10.0.0.0/8</c>.</summary>
    internal static IPNetwork ReadNetwork(string text) =>
        IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : IPNetwork.Parse(text);

    private static string WritePage(MetricsCollector collector)
    {
        var page = new StringBuilder(16 * 1024);
        collector.Read(family => PrometheusText.Write(page, family));
        return page.ToString();
    }
}
