using System.Diagnostics.Metrics;
using OrleansRealtime.Core.Channels;
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
    private readonly StripedCounter _publicationsIn = new();
    private readonly StripedCounter _publicationsOut = new();
    private readonly StripedCounter _bytesIn = new();
    private readonly StripedCounter _bytesOut = new();
    private readonly Histogram<double> _delivery;
    private readonly Histogram<double> _connect;
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
        Count("publications.in", _publicationsIn, "{publication}", "Publications accepted from connections and over HTTP.");
        Count("publications.out", _publicationsOut, "{publication}", "Publications queued to sockets.");
        Count("bytes.in", _bytesIn, "By", "Bytes of messages received over WebSockets.");
        Count("bytes.out", _bytesOut, "By", "Bytes written to carriers.");
        _delivery = _meter.CreateHistogram<double>(
            "orleansrealtime.edge.delivery.duration", "s", "From a publish reaching its channel to the writes of it to sockets.");
        _connect = _meter.CreateHistogram<double>(
            "orleansrealtime.edge.connect.duration",
            "s",
            "From the opening of a connection until, for the first time, it was authenticated, subscribed, given a publication.");
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

    /// <summary>Whether somebody wants to know how long deliveries take.</summary>
    public bool MeasuresDelivery => _delivery.Enabled;

    /// <summary>How many publications were accepted so far.</summary>
    public long TotalPublicationsIn => _publicationsIn.Value;

    /// <summary>How many publications were queued to sockets so far.</summary>
    public long TotalPublicationsOut => _publicationsOut.Value;

    /// <summary>How many bytes were received so far.</summary>
    public long TotalBytesIn => _bytesIn.Value;

    /// <summary>How many bytes were written so far.</summary>
    public long TotalBytesOut => _bytesOut.Value;

    /// <summary>A publish was answered; one that was refused, or tried again, brought no publication in.</summary>
    public void PublicationIn(PublishOutcome outcome)
    {
        if (outcome is { Refusal: null, IsDuplicate: false })
        {
            _publicationsIn.Add(1);
        }
    }

    /// <summary>Publications were queued to sockets.</summary>
    public void PublicationsOut(int count) => _publicationsOut.Add(count);

    /// <summary>Bytes were received.</summary>
    public void BytesIn(int count) => _bytesIn.Add(count);

    /// <summary>Bytes were written.</summary>
    public void BytesOut(int count) => _bytesOut.Add(count);

    /// <summary>A publication was written to the sockets of a shard.</summary>
    /// <param name="elapsed">Since the channel took it; the clocks of two machines can make it negative, which counts as nothing.</param>
    public void Delivered(TimeSpan elapsed) => _delivery.Record(Math.Max(0, elapsed.TotalSeconds));

    /// <summary>A connection has come this far for the first time.</summary>
    public void Reached(ConnectionMilestone milestone, TimeSpan sinceOpened) =>
        _connect.Record(sinceOpened.TotalSeconds, new KeyValuePair<string, object?>("until", Name(milestone)));

    /// <summary>Measures what an edge has whenever somebody looks.</summary>
    public void Observe(EdgeNode node)
    {
        _meter.CreateObservableUpDownCounter(
            "orleansrealtime.edge.channels", () => node.Attachments.Count, "{channel}", "Channels that this edge has something of.");
        _meter.CreateObservableUpDownCounter(
            "orleansrealtime.edge.queued",
            () => node.Connections.All.Sum(static connection => connection.Queue.PendingBytes),
            "By",
            "Bytes that wait for slow readers now.");
    }

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

    /// <summary>
    /// A subscriber resumed: from the <c>cache</c> of the edge, from the <c>buffer</c> or the <c>log</c> of the channel, or not
    /// (<c>lost</c>).
    /// </summary>
    public void Recovered(string source) => _recoveries.Add(1, new KeyValuePair<string, object?>("source", source));

    /// <summary>A command was refused.</summary>
    public void Refused(RealtimeErrorCode code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code.ToWireName()));

    /// <summary>A handshake was refused.</summary>
    public void HandshakeRefused(int status) => _handshakeRefusals.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Count(string name, StripedCounter counter, string unit, string description) =>
        _meter.CreateObservableCounter("orleansrealtime.edge." + name, () => counter.Value, unit, description);

    private static string Name(ConnectionMilestone milestone) => milestone switch
    {
        ConnectionMilestone.Authenticated => "authenticated",
        ConnectionMilestone.Subscribed => "subscribed",
        _ => "first_publication",
    };

    private static string Name(TransportKind transport) => transport == TransportKind.WebSocket ? "websocket" : "sse";
}
