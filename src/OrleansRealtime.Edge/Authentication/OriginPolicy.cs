using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>Which origins (RFC 6454) browsers may come from: compared whole, as scheme, host and port. Safe for concurrent use.</summary>
internal sealed class OriginPolicy
{
    private readonly FrozenSet<string> _allowed;
    private readonly bool _allowsAny;

    /// <summary>A policy of these origins; none means the server's own, and <c>*</c> any.</summary>
    /// <exception cref="InvalidOperationException">A text is neither an origin nor <c>*</c>.</exception>
    public OriginPolicy(IEnumerable<string> allowed)
    {
        var origins = allowed.ToArray();
        _allowsAny = origins.Contains("*");
        _allowed = origins.Where(static origin => origin != "*").Select(static origin => TryNormalise(origin)
            ?? throw new InvalidOperationException(
                $"'{origin}' in Realtime:Edge:AllowedOrigins is no origin: scheme://host[:port] without a path, or *."))
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Judges a request.</summary>
    public OriginVerdict Check(HttpRequest request)
    {
        var header = request.Headers.Origin;
        if (header.Count == 0)
        {
            return OriginVerdict.None;
        }

        var origin = header.Count == 1 ? TryNormalise(header.ToString()) : null;
        if (origin is not null && (_allowed.Contains(origin) || (_allowed.Count == 0 && origin == OwnOrigin(request))))
        {
            return OriginVerdict.Listed;
        }

        return _allowsAny && header.Count == 1 ? OriginVerdict.Any : OriginVerdict.Foreign;
    }

    /// <summary>The origin in one form, or null when the text is none (<c>null</c>, a path, a wildcard).</summary>
    public static string? TryNormalise(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0
            || uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || text.EndsWith('/'))
        {
            return null;
        }

        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{uri.Scheme}://{host.ToLowerInvariant()}:{uri.Port}");
    }

    private static string? OwnOrigin(HttpRequest request) => TryNormalise($"{request.Scheme}://{request.Host.Value}");
}
