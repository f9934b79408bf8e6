using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>The keys at a JWKS address: read at start, and again when a key id is unknown. Safe for concurrent use.</summary>
/// <remarks>
/// One request runs at a time, and none starts within <see cref="MinInterval"/> of the last, so that made-up key ids do not turn
/// into requests. While the address does not answer, the keys read last stay in force.
/// </remarks>
internal sealed partial class JwksSource : IDisposable
{
    /// <summary>How much time passes between two requests at least: 30 s.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long one request may take: 5 s, well within the time that a client has to authenticate.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a key set may be, in bytes: 256 KiB.</summary>
    public const int MaxBytes = 256 * 1024;

    private readonly Uri _address;
    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly ILogger<JwksSource> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task<bool> _request = Task.FromResult(false);
    private long? _requestedAt;
    private volatile KeySet _keys = KeySet.None;

    /// <summary>A source that has read nothing yet.</summary>
    public JwksSource(Uri address, HttpMessageHandler handler, TimeProvider clock, ILogger<JwksSource> logger)
    {
        _address = address;
        _http = new HttpClient(handler) { MaxResponseContentBufferSize = MaxBytes, Timeout = Timeout.InfiniteTimeSpan };
        _clock = clock;
        _logger = logger;
    }

    /// <summary>The keys read last.</summary>
    public KeySet Keys => _keys;

    /// <summary>Reads the keys again, unless that was done within <see cref="MinInterval"/>; joins a request under way.</summary>
    /// <returns>Whether keys were read.</returns>
    public Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_request.IsCompleted)
            {
                if (_requestedAt is { } last && _clock.GetElapsedTime(last) < MinInterval)
                {
                    return Task.FromResult(false);
                }

                _requestedAt = _clock.GetTimestamp();
                _request = ReadAsync();
            }

            // Whoever gives up waiting does not end the request for the others.
            return _request.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Starts to read the keys; the start of the server does not wait for them.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = RefreshAsync(CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Ends a request under way.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _http.Dispose();
    }

    /// <summary>Never throws, since nobody may be there to see it.</summary>
    private async Task<bool> ReadAsync()
    {
        // The caller holds the lock: nothing of the request may run on its time.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var timeout = new CancellationTokenSource(RequestTimeout, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            var json = await _http.GetByteArrayAsync(_address, either.Token);
            var keys = JsonWebKeySet.Parse(json);
            _keys = new KeySet(_keys.Version + 1, keys);
            KeysRead(_logger, keys.Length, _address);
            return true;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException or JsonException or ObjectDisposedException)
        {
            KeysNotRead(_logger, _address, _keys.Keys.Length, exception);
            return false;
        }
    }

    /// <summary>What was read at one time. Immutable.</summary>
    /// <param name="Version">Grows with every successful request; 0 when there was none.</param>
    /// <param name="Keys">The keys.</param>
    internal sealed record KeySet(int Version, ImmutableArray<SigningKey> Keys)
    {
        /// <summary>Nothing read yet.</summary>
        public static KeySet None { get; } = new(0, []);
    }
}
