using System.Collections;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansRealtime.Edge.Sockets;

/// <summary>What there is to know of a handshake that did not pass Kestrel: a request's features in one object.</summary>
/// <remarks>Nearly none of them is ever looked at, and a storm makes thousands per second. For one request; not safe for concurrent use.</remarks>
internal sealed class DirectFeatures(UpgradeRequest head, IPEndPoint peer, IServiceProvider services)
    : IFeatureCollection,
        IHttpRequestFeature,
        IHttpConnectionFeature,
        IHttpUpgradeFeature,
        IHttpRequestLifetimeFeature,
        IQueryFeature,
        IServiceProvidersFeature
{
    private static readonly Type[] Known =
    [
        typeof(IHttpRequestFeature),
        typeof(IHttpConnectionFeature),
        typeof(IHttpUpgradeFeature),
        typeof(IHttpRequestLifetimeFeature),
        typeof(IQueryFeature),
        typeof(IServiceProvidersFeature),
        typeof(IHttpResponseFeature),
        typeof(IHttpResponseBodyFeature),
    ];

    private HttpResponseFeature? _response;
    private StreamResponseBodyFeature? _body;
    private QueryFeature? _query;

    // What somebody set beside or instead of these; nobody does but an application that prepares requests.
    private FeatureCollection? _others;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public string Protocol { get; set; } = HttpProtocol.Http11;

    public string Scheme { get; set; } = "http";

    public string Method { get; set; } = HttpMethods.Get;

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = head.Path;

    public string QueryString { get; set; } = head.Query;

    public string RawTarget { get; set; } = "";

    public IHeaderDictionary Headers { get; set; } = head.Headers;

    public Stream Body { get; set; } = Stream.Null;

    public IPAddress? RemoteIpAddress { get; set; } = peer.Address;

    public int RemotePort { get; set; } = peer.Port;

    public IPAddress? LocalIpAddress { get; set; }

    public int LocalPort { get; set; }

    public string ConnectionId { get; set; } = "";

    public CancellationToken RequestAborted { get; set; }

    public IServiceProvider RequestServices { get; set; } = services;

    public bool IsUpgradableRequest => true;

    public IQueryCollection Query
    {
        get => _query is null && QueryString.Length == 0 ? QueryCollection.Empty : (_query ??= new QueryFeature(this)).Query;
        set => (_query ??= new QueryFeature(this)).Query = value;
    }

    public object? this[Type key]
    {
        get => _others?[key] ?? Own(key);
        set
        {
            (_others ??= new FeatureCollection())[key] = value;
            Revision++;
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <summary>Whoever reads the request here upgrades it.</summary>
    public Task<Stream> UpgradeAsync() => throw new NotSupportedException("Whoever reads the request upgrades it.");

    public void Abort()
    {
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        Known.Where(key => _others?[key] is null).Select(key => KeyValuePair.Create(key, Own(key)!))
            .Concat(_others ?? Enumerable.Empty<KeyValuePair<Type, object>>())
            .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object? Own(Type key)
    {
        object? own = Array.IndexOf(Known, key) >= 0 ? this : null;
        if (key == typeof(IHttpResponseFeature))
        {
            own = _response ??= new HttpResponseFeature();
        }
        else if (key == typeof(IHttpResponseBodyFeature))
        {
            own = _body ??= new StreamResponseBodyFeature(new MemoryStream());
        }

        return own;
    }
}
