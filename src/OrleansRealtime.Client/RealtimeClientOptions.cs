using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace OrleansRealtime.Client;

/// <summary>How a <see cref="RealtimeClient"/> connects, and what it holds at most. Immutable; change a copy by <c>with</c>.</summary>
public sealed record RealtimeClientOptions
{
    /// <summary>The server, e.g. <c>https://example.org</c> (or <c>http</c>, <c>ws</c>, <c>wss</c>); <c>/v1/…</c> is added to its path.</summary>
    public required Uri Address { get; init; }

    /// <summary>
    /// Gives a JWT, or null to be anonymous. Asked before the first connection, before a token expires, and after the server refused
    /// one. May throw: it is asked again with backoff, and the application notices nothing. Default null: anonymous.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; init; }

    /// <summary>How messages are encoded on a WebSocket. Default <see cref="ClientEncoding.Protobuf"/>.</summary>
    public ClientEncoding Encoding { get; init; } = ClientEncoding.Protobuf;

    /// <summary>
    /// Whether server-sent events, with commands over HTTP, are used where two WebSocket handshakes in a row failed without an answer of
    /// the server; six, where a WebSocket was open before. Default true.
    /// </summary>
    public bool Fallback { get; init; } = true;

    /// <summary>How long a connection may take until it is authenticated. Default 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long <c>history</c>, <c>presence</c>, <c>signal</c> and <c>call</c> may take, reconnects included. A publish does not end
    /// by it: when its answer takes longer, the connection counts as lost, and it is sent again on the next. Default 15 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The greatest wait between two attempts. Default 30 s. The wait is chance between 0 and min(this, 0.5 s · 2^attempt).</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many publishes may wait for their acknowledgement, on the way or until the client is connected. Default 1000.</summary>
    public int MaxPendingPublishes { get; init; } = 1000;

    /// <summary>How many bytes of payload those publishes may hold. Default 4 MiB.</summary>
    public long MaxPendingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What happens to a publish when that many wait. Default <see cref="OverflowPolicy.Refuse"/>.</summary>
    public OverflowPolicy WhenPendingFull { get; init; } = OverflowPolicy.Refuse;

    /// <summary>Where the client logs. Default nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The clock of all waits. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Chance between 0 (included) and 1 (excluded) that spreads reconnects. Must be safe for concurrent use.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>Makes message ids of 1 to 64 characters, unique per user and channel. Default random.</summary>
    public Func<string> NewMessageId { get; init; } = static () => Guid.NewGuid().ToString("N");

    /// <summary>What HTTP and handshakes are sent through, e.g. with a proxy or certificates. Default one of the client's own. Not disposed.</summary>
    public HttpMessageInvoker? Http { get; init; }

    internal void Validate()
    {
        if (!Address.IsAbsoluteUri || Address.Scheme is not ("http" or "https" or "ws" or "wss"))
        {
            throw new ArgumentException($"The address '{Address}' must be an absolute http, https, ws or wss address.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingPublishes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingBytes, 1);
    }
}
