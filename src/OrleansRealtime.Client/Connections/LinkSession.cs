using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Client.Transports;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Connections;

/// <summary>The life of one link: authenticate, read until it ends, leave when the server drains.</summary>
internal sealed class LinkSession(ClientCore core, RealtimeClientOptions options, ILink link, Action<AuthAckFrame> onOpen) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private Liveness? _liveness;
    private TokenRefresh? _refresh;
    private Alarm? _leaving;
    private CommandId _auth;
    private long _reconnectSetAt;
    private TimeSpan? _reconnectAfter;

    /// <summary>Whether the server acknowledged the link.</summary>
    public bool WasOpen { get; private set; }

    /// <summary>Runs the link to its end.</summary>
    public async Task<LinkEnd> RunAsync(string? token, CancellationToken cancellationToken)
    {
        _liveness = new Liveness(core.Wire, link, options.TimeProvider, options.ConnectTimeout);
        _auth = core.OnLinked(link, token);
        try
        {
            while (await link.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } frame)
            {
                OnFrame(frame);
            }

            return EndOf(link.End);
        }
        finally
        {
            await _ended.CancelAsync().ConfigureAwait(false);
            core.OnLost();
            await (_refresh?.EndAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _liveness?.Dispose();
        _leaving?.Dispose();
        _ended.Dispose();
    }

    private void OnFrame(ServerFrame frame)
    {
        Action? notice;
        lock (core.Wire.Lock)
        {
            _liveness!.HeardLocked();
            notice = OnFrameLocked(frame);
        }

        try
        {
            notice?.Invoke();
        }
        catch (Exception exception)
        {
            // A bug of the application must not end its connection.
            options.Logger.HandlerFailed(exception);
        }
    }

    private Action? OnFrameLocked(ServerFrame frame)
    {
        switch (frame)
        {
            case AuthAckFrame ack:
                WasOpen = true;
                _refresh = new TokenRefresh(core, options, ack.Time);
                _liveness!.StartLocked(ack.Heartbeat);
                core.OnOpenLocked(ack);
                return () => onOpen(ack);
            case ErrorFrame error when error.Id == _auth:
                OnAuthRefused(error.Error);
                return null;
            case ExpiringFrame:
                return () => _refresh?.Start(_ended.Token);
            case ReconnectFrame reconnect:
                LeaveIn(reconnect.After);
                return null;
            default:
                return core.OnFrameLocked(frame);
        }
    }

    private void OnAuthRefused(RealtimeError error)
    {
        // What is wrong with the token is said by the close code that follows; the version cannot be mended by coming back.
        if (error.Code == RealtimeErrorCode.UnsupportedVersion)
        {
            link.Abort(LinkEnd.Closed(1000, error.Detail));
        }
    }

    private void LeaveIn(TimeSpan after)
    {
        _reconnectAfter = after;
        _reconnectSetAt = options.TimeProvider.GetTimestamp();
        _leaving ??= new Alarm(options.TimeProvider, () => _ = Goodbye.SayAsync(link, LinkEnd.Left(TimeSpan.Zero), options.TimeProvider));
        _leaving.Set(after);
    }

    // An edge that drains may go before the time that it named; coming back earlier would undo the spread.
    private LinkEnd EndOf(LinkEnd end)
    {
        if (end is not { Kind: LinkEndKind.Lost or LinkEndKind.Closed } || _reconnectAfter is not { } after)
        {
            return end;
        }

        var rest = after - options.TimeProvider.GetElapsedTime(_reconnectSetAt);
        var mayReturn = end.Kind == LinkEndKind.Lost || end.Code is 4503 or 1001 or 1005 or 1006 or 1012;
        return mayReturn ? LinkEnd.Left(rest > TimeSpan.Zero ? rest : TimeSpan.Zero) : end;
    }
}
