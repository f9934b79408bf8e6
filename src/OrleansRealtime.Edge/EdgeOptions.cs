using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Edge;

/// <summary>How an edge treats its connections. Section <c>Realtime:Edge</c>.</summary>
public sealed class EdgeOptions
{
    /// <summary>How often the server pings; what stays silent for two intervals is closed with 4504. Default 25 s; 1 s to 10 min.</summary>
    // Below the 60 s after which common proxies (nginx, cloud load balancers) cut an idle connection, with room for one loss.
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a connection may take to authenticate before it is closed with 4001. Default 10 s; 1 s to 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan AuthTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes may be queued for one connection before its slow-reader policy applies. Default 256 KiB; 4 KiB to 64 MiB.</summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int QueueBytes { get; set; } = 256 * 1024;

    /// <summary>The longest message that a client may send, in bytes; longer ones close with 1009. Default 128 KiB; 1 KiB to 16 MiB.</summary>
    // Twice the default payload limit: room for the envelope and for binary payloads in base64.
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 128 * 1024;

    /// <summary>
    /// Whether WebSockets may negotiate compression (permessage-deflate, RFC 7692), which browsers always offer: large publications
    /// are then compressed, once for all subscribers, and clients may compress what they send. Default false. Over TLS the length
    /// of a compressed publication tells an observer something of its contents: leave it off where one payload holds both a
    /// secret and text that others choose.
    /// </summary>
    // Off, because it trades the server's time for bandwidth: which of them is dear, only the operator knows.
    public bool Compression { get; set; }

    /// <summary>The smallest payload that is compressed, in bytes; see <see cref="Compression"/>. Default 512; 64 to 1 MiB.</summary>
    // Below it the few bytes saved still travel in the same packet.
    [Range(64, 1024 * 1024)]
    public int CompressionMinBytes { get; set; } = 512;

    /// <summary>
    /// The origins from which browsers may connect, each as <c>scheme://host[:port]</c>; <c>*</c> for any. Default none: then
    /// only the server's own origin. Requests without an <c>Origin</c> header come from no browser and are not checked.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Addresses or networks (<c>10.0.0.0/8</c>) of proxies whose forwarded headers are believed. Default none.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// Over how many event loops connections are spread; each fans out to its own, on one thread. Default null: one less than
    /// there are cores, at least one. 1 to 256.
    /// </summary>
    // The one that is left is for what is not a loop: stores and timers on the pool, the collector, the kernel's interrupts, what
    // else runs on the machine. A loop that has to share its core with them costs more and delivers later (decision 0059).
    [Range(1, 256)]
    public int? EventLoops { get; set; }

    /// <summary>How many bytes of finished frames an edge keeps of each attached channel to answer resumes. Default 256 KiB; 0 to 64 MiB.</summary>
    [Range(0, 64 * 1024 * 1024)]
    public int ReplayCacheBytes { get; set; } = 256 * 1024;

    /// <summary>How long a channel without local subscribers stays attached. Default 30 s; 0 to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DetachAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often attachments and sessions are renewed, jittered by a fifth. Default 10 s; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RenewInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long before the token's end a client is told to refresh it. Default 60 s; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ExpiryWarning { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the application may take to answer a <c>call</c>, which is then answered with <c>timeout</c>, or to authorise,
    /// which then counts as no. Default 10 s; 1 s to 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ApplicationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many event loops there are, here.</summary>
    internal int EventLoopCount => EventLoops ?? Math.Max(1, Environment.ProcessorCount - 1);
}
