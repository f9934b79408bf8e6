using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace OrleansRealtime.Server;

/// <summary>Whose word on a request's origin is believed.</summary>
internal static class TrustedProxies
{
    /// <summary>
    /// What to believe of these addresses and networks. Null when there are none: without configured proxies the headers stay what
    /// they are to a stranger's request: claims, not believed.
    /// </summary>
    public static ForwardedHeadersOptions? Read(IList<string> proxies)
    {
        if (proxies.Count == 0)
        {
            return null;
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

        return headers;
    }

    /// <summary>The same for requests that pass no middleware; null when there are no proxies.</summary>
    public static Action<HttpContext>? Applier(IList<string> proxies) =>
        Read(proxies) is { } headers
            ? new ForwardedHeadersMiddleware(
                static _ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(headers)).ApplyForwarders
            : null;
}
