using OrleansRealtime.Client.Connections;
using OrleansRealtime.Client.Requests;
using OrleansRealtime.Client.Transports;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client;

/// <summary>
/// A connection to OrleansRealtime that comes back by itself: subscriptions resume without loss, publishes are stored once.
/// </summary>
/// <remarks>Safe for concurrent use. Dispose it to say good-bye to the server and end all enumerations.</remarks>
public sealed class RealtimeClient : IAsyncDisposable
{
    private readonly RealtimeClientOptions _options;
    private readonly ClientCore _core;
    private readonly ClientStatus _status;
    private readonly ITransport _transport;
    private readonly SignalThrottle _throttle;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Makes a client that is not connected yet.</summary>
    /// <exception cref="ArgumentException">An option is outside its limits.</exception>
    public RealtimeClient(RealtimeClientOptions options)
        : this(options, Transport.Of(options))
    {
    }

    internal RealtimeClient(RealtimeClientOptions options, ITransport transport)
    {
        options.Validate();
        _options = options;
        _transport = transport;
        _core = new ClientCore(options);
        _throttle = new SignalThrottle(options.TimeProvider);
        _status = new ClientStatus(Raise);
    }

    /// <summary>Raised at each change of <see cref="State"/>. Handlers must be quick and must not throw.</summary>
    public event EventHandler<ClientStateChange>? StateChanged;

    /// <summary>Where the client stands.</summary>
    public ClientState State => _status.State;

    /// <summary>Connects, and from now on comes back whenever the connection is lost. Completes at the first good connection.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the attempts.</param>
    /// <exception cref="RealtimeClosedException">The server refused this client for good, or the client was closed.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        Task outcome;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_running.IsCompleted)
            {
                _stop?.Dispose();
                _stop = new CancellationTokenSource();
                _running = new Connector(_core, _options, _transport, _status).RunAsync(_stop.Token);
            }

            outcome = _status.Outcome;
        }

        return outcome.WaitAsync(cancellationToken);
    }

    /// <summary>Leaves. Subscriptions stay and resume, and publishes wait, until <see cref="ConnectAsync"/> or disposal.</summary>
    public async Task CloseAsync()
    {
        Task running;
        CancellationTokenSource? stop;
        lock (_lock)
        {
            running = _running;
            stop = running.IsCompleted ? null : _stop;
        }

        if (stop is not null)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await running.ConfigureAwait(false);
    }

    /// <summary>Subscribes with default options: live from now on, everything once and in order.</summary>
    /// <exception cref="InvalidOperationException">This client is subscribed to the channel already.</exception>
    public Subscription Subscribe(ChannelName channel) => Subscribe(channel, new SubscriptionOptions());

    /// <summary>Subscribes. It takes effect as soon as the client is connected.</summary>
    /// <exception cref="InvalidOperationException">This client is subscribed to the channel already.</exception>
    /// <exception cref="ArgumentException">An option is outside its limits.</exception>
    public Subscription Subscribe(ChannelName channel, SubscriptionOptions options)
    {
        options.Validate();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var subscription = new Subscription(_core.Subscriptions, channel, options);
        _core.Subscriptions.Add(subscription.Entry);
        return subscription;
    }

    /// <inheritdoc cref="Subscribe(ChannelName, SubscriptionOptions)"/>
    public Subscription Subscribe(string channel, SubscriptionOptions? options = null) =>
        Subscribe(ChannelName.Parse(channel), options ?? new SubscriptionOptions());

    /// <summary>
    /// Publishes, once: it is sent again with the same message id, across reconnects, until the server took it or refused it. While the
    /// client is not connected it waits. Publishes of this client to one channel keep their order.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="payload">What to publish.</param>
    /// <param name="key">What this is the latest value of, or null; at most 128 characters.</param>
    /// <param name="messageId">1 to 64 characters; the same one is stored once. Default: a new one.</param>
    /// <param name="cancellationToken">Gives up; whether it was stored is then unknown.</param>
    /// <exception cref="PublishQueueFullException">Too many wait; or newer ones took its place.</exception>
    /// <exception cref="RealtimeException">It was refused, by the server, as too large, or because the client was closed.</exception>
    /// <exception cref="ArgumentException">The payload is called JSON and is not one JSON value.</exception>
    public Task<PublishedAck> PublishAsync(
        ChannelName channel,
        Payload payload,
        string? key = null,
        string? messageId = null,
        CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Sendable.ThrowIfMalformed(payload);
        return _core.Publishes.PublishAsync(channel, payload, messageId ?? _options.NewMessageId(), key, cancellationToken);
    }

    /// <summary>
    /// Completes as soon as less than half of <see cref="RealtimeClientOptions.MaxPendingPublishes"/> and of
    /// <see cref="RealtimeClientOptions.MaxPendingBytes"/> is taken. Await it before each publish that is not awaited itself: who
    /// writes faster than the server takes is then held up, and not refused. It also completes when the client is closed for good.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WhenRoomAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _core.Publishes.WhenRoomAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Tells the subscribers of now something that is not kept.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="payload">What to tell.</param>
    /// <param name="key">Under pressure only the newest signal of a key is kept; or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the client is not connected, and the signal was dropped.</returns>
    /// <exception cref="RealtimeException">The server refused it, or did not answer.</exception>
    public async Task<bool> SignalAsync(
        ChannelName channel, Payload payload, string? key = null, CancellationToken cancellationToken = default)
    {
        Sendable.ThrowIfMalformed(payload);
        if (State != ClientState.Connected)
        {
            return false;
        }

        await AskAsync(id => new SignalCommand(id, channel, payload, key), isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Tells the subscribers of now something that is not kept, at most once per interval for each channel and key: the first at once,
    /// then the newest.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="payload">What to tell.</param>
    /// <param name="key">Under pressure only the newest signal of a key is kept; or null.</param>
    /// <param name="interval">Greater than zero, e.g. 50 ms for a pointer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when a newer one took its place, or the client was not connected when its turn came.</returns>
    /// <exception cref="RealtimeException">The server refused it, or did not answer.</exception>
    public async Task<bool> SignalThrottledAsync(
        ChannelName channel, Payload payload, string? key, TimeSpan interval, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return State == ClientState.Connected
            && await _throttle.WaitAsync(channel, key, interval, cancellationToken).ConfigureAwait(false)
            && await SignalAsync(channel, payload, key, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads retained publications.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="limit">How many at most: 1 to 1000.</param>
    /// <param name="from">Read after this position, or before it when <paramref name="reverse"/>. Default: from the end of the history.</param>
    /// <param name="reverse">Newest first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RealtimeException">The server refused it, or did not answer in time.</exception>
    public async Task<HistoryAck> HistoryAsync(
        ChannelName channel, int limit, Position? from = null, bool reverse = false, CancellationToken cancellationToken = default) =>
        (HistoryAck)(await AskAsync(
            id => new HistoryCommand(id, channel, from, limit, reverse), isRepeatable: true, cancellationToken).ConfigureAwait(false))!;

    /// <summary>Reads who is in a channel. To follow it, subscribe with <see cref="SubscriptionOptions.Presence"/>.</summary>
    /// <exception cref="RealtimeException">The server refused it, or did not answer in time.</exception>
    public async Task<PresenceState> PresenceAsync(ChannelName channel, CancellationToken cancellationToken = default) =>
        PresenceState.Of((PresenceAck)(await AskAsync(
            id => new PresenceCommand(id, channel), isRepeatable: true, cancellationToken).ConfigureAwait(false))!);

    /// <summary>Asks the application behind the server. It is sent once: a lost connection fails it with <c>timeout</c>.</summary>
    /// <param name="method">1 to 128 characters.</param>
    /// <param name="payload">The argument.</param>
    /// <param name="cancellationToken">Gives up; whether it took effect is then unknown.</param>
    /// <exception cref="RealtimeException">The server refused it, or did not answer in time.</exception>
    public async Task<Payload> CallAsync(string method, Payload payload, CancellationToken cancellationToken = default)
    {
        Sendable.ThrowIfMalformed(payload);
        var answer = await AskAsync(id => new CallCommand(id, method, payload), isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return ((CallAck)answer!).Data;
    }

    /// <summary>Says good-bye to the server, fails what waits, and ends all enumerations.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        await CloseAsync().ConfigureAwait(false);
        _core.OnClosed(CloseReason.Normal.With("disposed by the application"), byApplication: true);
        _stop?.Dispose();
    }

    private void Raise(ClientStateChange change)
    {
        try
        {
            StateChanged?.Invoke(this, change);
        }
        catch (Exception exception)
        {
            // A bug of the application must not end its connection.
            _options.Logger.HandlerFailed(exception);
        }
    }

    private Task<AckPayload?> AskAsync(Func<CommandId, ClientCommand> command, bool isRepeatable, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _core.Requests.SendAsync(command, isRepeatable, _options.RequestTimeout, cancellationToken);
    }
}
