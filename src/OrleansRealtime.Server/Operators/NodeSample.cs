namespace OrleansRealtime.Server.Operators;

/// <summary>What a node says of itself once a second. Numbers of events count from the start of its process. Immutable.</summary>
/// <param name="Node">Its id, new with each life of the process.</param>
/// <param name="At">When, in Unix milliseconds.</param>
/// <param name="StartedAt">When its process started, in Unix milliseconds.</param>
/// <param name="Draining">Whether it goes down.</param>
/// <param name="Connections">Open connections by transport.</param>
/// <param name="Users">Users with a connection here.</param>
/// <param name="Channels">Channels with a subscriber here.</param>
/// <param name="Subscriptions">Subscriptions of connections here.</param>
/// <param name="Rates">What went in and out per second since the sample before.</param>
/// <param name="Delivery">How long deliveries took since the sample before, in milliseconds.</param>
/// <param name="Turns">How long turns of actors took since the sample before, in milliseconds.</param>
/// <param name="Opens">Connections opened.</param>
/// <param name="Closes">Connections closed, by close code.</param>
/// <param name="Refusals">Commands refused, by error code, and handshakes refused, as <c>http 503</c>.</param>
/// <param name="Recoveries">Resumes, by where what was missed came from.</param>
/// <param name="Losses">Subscriptions that fell behind (<c>catchup</c>), gaps by reason (<c>gap slow</c>) and drops by kind (<c>drop signal</c>).</param>
/// <param name="QueuedBytes">Bytes that wait for slow readers.</param>
/// <param name="Actors">Active actors by kind.</param>
/// <param name="Cpu">Cores busy with this process since the sample before, e.g. 0.5.</param>
/// <param name="MemoryBytes">The working set of the process.</param>
internal sealed record NodeSample(
    string Node,
    long At,
    long StartedAt,
    bool Draining,
    IReadOnlyDictionary<string, double> Connections,
    int Users,
    int Channels,
    int Subscriptions,
    NodeRates Rates,
    Spread Delivery,
    Spread Turns,
    double Opens,
    IReadOnlyDictionary<string, double> Closes,
    IReadOnlyDictionary<string, double> Refusals,
    IReadOnlyDictionary<string, double> Recoveries,
    IReadOnlyDictionary<string, double> Losses,
    double QueuedBytes,
    IReadOnlyDictionary<string, double> Actors,
    double Cpu,
    long MemoryBytes);

/// <summary>What went in and out of a node per second.</summary>
/// <param name="In">Publications accepted.</param>
/// <param name="Out">Publications queued to sockets.</param>
/// <param name="BytesIn">Bytes received.</param>
/// <param name="BytesOut">Bytes written.</param>
internal sealed record NodeRates(double In, double Out, double BytesIn, double BytesOut);

/// <summary>How values were spread; the quantiles are null when there was none.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="P50">Half of them were at most this.</param>
/// <param name="P95">95 of a hundred were at most this.</param>
/// <param name="P99">99 of a hundred were at most this.</param>
internal sealed record Spread(double Count, double? P50, double? P95, double? P99);

/// <summary>One of the channels that a node is busiest with.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Subscribers">Subscriptions on this node.</param>
/// <param name="Rate">Publications per second since the sample before.</param>
/// <param name="Seq">The newest that this node has.</param>
/// <param name="Behind">Subscriptions that do not have it yet.</param>
/// <param name="Lag">How many publications the last of them lacks.</param>
internal sealed record BusyChannel(string Channel, int Subscribers, double Rate, long Seq, int Behind, long Lag);

/// <summary>The last minutes of a node, a point for each second, oldest first.</summary>
/// <param name="Points">Of each: Unix milliseconds, publications in and out per second, p50 and p99 of delivery in milliseconds, connections.</param>
internal sealed record PastPoints(IReadOnlyList<double?[]> Points);
