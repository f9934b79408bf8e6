using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Client.Requests;
using OrleansRealtime.Client.Subscriptions;
using OrleansRealtime.Client.Transports;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Connections;

/// <summary>What survives a reconnect, and what each frame does to it. Safe for concurrent use.</summary>
internal sealed class ClientCore
{
    private readonly RealtimeClientOptions _options;
    private SessionId? _session;

    public ClientCore(RealtimeClientOptions options)
    {
        _options = options;
        Wire = new Wire(writesBase64: options.Encoding == ClientEncoding.Json);
        Backoff = new Backoff(options.MaxBackoff, options.Jitter);
        Tokens = new TokenSource(options.TokenProvider, options.TimeProvider);
        Requests = new RequestTable(Wire, options.TimeProvider, Backoff);
        Publishes = new PublishQueue(Wire, options, Backoff);
        Subscriptions = new SubscriptionTable(Wire, options.TimeProvider, Backoff)
        {
            PresenceWanted = entry => _ = AskPresenceAsync(entry),
        };
    }

    public Wire Wire { get; }

    public Backoff Backoff { get; }

    public TokenSource Tokens { get; }

    public RequestTable Requests { get; }

    public PublishQueue Publishes { get; }

    public SubscriptionTable Subscriptions { get; }

    /// <summary>A link stands: authentication and all subscriptions go out together, so that all is live after one round trip.</summary>
    public CommandId OnLinked(ILink link, string? token)
    {
        lock (Wire.Lock)
        {
            Wire.Link = link;
            var auth = new AuthCommand(Wire.NewIdLocked(), token, ProtocolVersion.Current, [], _session);
            Wire.SendLocked([auth, .. Subscriptions.AskAllLocked()]);
            return auth.Id;
        }
    }

    /// <summary>The link is acknowledged: what waited is sent.</summary>
    public void OnOpenLocked(AuthAckFrame ack)
    {
        _session = ack.Session;
        Tokens.OnAccepted(ack.Expires - ack.Time);
        Wire.MaxMessageBytes = ack.Limits.MessageBytes;
        Wire.IsOpen = true;
        Requests.OnOpenLocked();
        Publishes.OnOpenLocked();
    }

    /// <summary>The link is gone.</summary>
    public void OnLost()
    {
        lock (Wire.Lock)
        {
            Wire.Link = null;
            Wire.IsOpen = false;
            Subscriptions.OnLostLocked();
            Requests.OnLostLocked();
            Publishes.OnLostLocked();
        }
    }

    /// <summary>The next link begins a new session.</summary>
    public void ForgetSession() => _session = null;

    /// <summary>Nothing more comes and goes: all that waits fails, and every enumeration ends.</summary>
    public void OnClosed(CloseReason reason, bool byApplication)
    {
        var error = new RealtimeError(RealtimeErrorCode.Unavailable, $"The client is closed ({reason.Code}): {reason.Reason}");
        lock (Wire.Lock)
        {
            Requests.OnClosedLocked(error);
            Publishes.OnClosedLocked(error);
            Subscriptions.OnClosedLocked(byApplication ? null : new RealtimeClosedException(reason));
        }
    }

    /// <summary>A frame that is no matter of the connection itself.</summary>
    /// <returns>What to raise once the lock is left.</returns>
    public Action? OnFrameLocked(ServerFrame frame)
    {
        Action? notice = null;
        switch (frame)
        {
            case AckFrame ack:
                _ = Subscriptions.TryAnswerLocked(ack, out notice)
                    || Publishes.TryAnswerLocked(ack.Id, ack.Payload)
                    || Requests.TryAnswerLocked(ack.Id, ack.Payload);
                return notice;
            case ErrorFrame error:
                if (!Subscriptions.TryRefuseLocked(error, out notice)
                    && !Publishes.TryRefuseLocked(error.Id, error.Error)
                    && !Requests.TryRefuseLocked(error.Id, error.Error))
                {
                    _options.Logger.CommandRefused(error.Channel?.Value ?? "", error.Error.Code.ToWireName(), error.Error.Detail);
                }

                return notice;
            default:
                return Subscriptions.OnFrameLocked(frame);
        }
    }

    private async Task AskPresenceAsync(SubscriptionEntry entry)
    {
        try
        {
            var answer = await Requests.SendAsync(
                id => new PresenceCommand(id, entry.Channel), isRepeatable: true, _options.RequestTimeout, CancellationToken.None)
                .ConfigureAwait(false);
            Action? notice = null;
            lock (Wire.Lock)
            {
                notice = answer is PresenceAck presence ? SubscriptionTable.OnPresenceLocked(entry, presence) : null;
            }

            notice?.Invoke();
        }
        catch (RealtimeException exception)
        {
            // Diffs go on without the list, and the next reconnect asks again.
            _options.Logger.PresenceUnknown(entry.Channel.Value, exception.Error.Detail);
        }
    }
}
