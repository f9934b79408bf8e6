using System.Diagnostics.Metrics;
using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge;

/// <summary>What an edge counts. Safe for concurrent use; counting costs nothing while nobody listens.</summary>
internal sealed class EdgeMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "orleansrealtime.edge";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _opens;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _publications;
    private readonly Counter<long> _bytes;
    private readonly Histogram<long> _queueDepth;
    private readonly Counter<long> _catchUps;
    private readonly Counter<long> _drops;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _recoveries;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _handshakeRefusals;

    /// <summary>Creates the instruments.</summary>
    public EdgeMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _connections = _meter.CreateUpDownCounter<long>("orleansrealtime.edge.connections", "{connection}", "Connections open now.");
        _opens = _meter.CreateCounter<long>("orleansrealtime.edge.opens", "{connection}", "Connections opened.");
        _closes = _meter.CreateCounter<long>("orleansrealtime.edge.closes", "{connection}", "Connections closed, by reason.");
        _publications = _meter.CreateCounter<long>(
            "orleansrealtime.edge.publications.out", "{publication}", "Publications queued to sockets.");
        _bytes = _meter.CreateCounter<long>("orleansrealtime.edge.bytes.out", "By", "Bytes written to carriers.");
        _queueDepth = _meter.CreateHistogram<long>(
            "orleansrealtime.edge.queue.depth", "By", "Bytes queued of a connection when it went over its budget.");
        _catchUps = _meter.CreateCounter<long>("orleansrealtime.edge.catchups", "{subscription}", "Subscriptions that fell behind.");
        _drops = _meter.CreateCounter<long>("orleansrealtime.edge.drops", "{item}", "Publications and signals not delivered, by kind.");
        _gaps = _meter.CreateCounter<long>("orleansrealtime.edge.gaps", "{gap}", "Gaps announced, by reason.");
        _recoveries = _meter.CreateCounter<long>("orleansrealtime.edge.recoveries", "{resume}", "Resumes, by source.");
        _refusals = _meter.CreateCounter<long>("orleansrealtime.edge.refusals", "{command}", "Commands refused, by code.");
        _handshakeRefusals = _meter.CreateCounter<long>(
            "orleansrealtime.edge.handshakes.refused", "{handshake}", "Handshakes refused before any upgrade, by HTTP status.");
    }

    /// <summary>A connection opened.</summary>
    public void Opened(TransportKind transport)
    {
        var tag = new KeyValuePair<string, object?>("transport", Name(transport));
        _connections.Add(1, tag);
        _opens.Add(1, tag);
    }

    /// <summary>A connection ended.</summary>
    public void Closed(TransportKind transport, CloseReason reason)
    {
        _connections.Add(-1, new KeyValuePair<string, object?>("transport", Name(transport)));
        _closes.Add(1, new KeyValuePair<string, object?>("code", reason.Code));
    }

    /// <summary>Publications were queued to sockets.</summary>
    public void PublicationsOut(int count) => _publications.Add(count);

    /// <summary>Bytes were written.</summary>
    public void BytesOut(int count) => _bytes.Add(count);

    /// <summary>A subscription fell behind because its connection is over its budget.</summary>
    public void FellBehind(long queuedBytes)
    {
        _catchUps.Add(1);
        _queueDepth.Record(queuedBytes);
    }

    /// <summary>Something was not delivered and will not be.</summary>
    public void Dropped(string kind, long count = 1) => _drops.Add(count, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>A gap was announced.</summary>
    public void Gap(string reason) => _gaps.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A subscriber resumed: from the <c>cache</c> of the edge, from the <c>channel</c>, or not (<c>lost</c>).</summary>
    public void Recovered(string source) => _recoveries.Add(1, new KeyValuePair<string, object?>("source", source));

    /// <summary>A command was refused.</summary>
    public void Refused(RealtimeErrorCode code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code.ToWireName()));

    /// <summary>A handshake was refused.</summary>
    public void HandshakeRefused(int status) => _handshakeRefusals.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static string Name(TransportKind transport) => transport == TransportKind.WebSocket ? "websocket" : "sse";
}
