using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Client.Transports;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Connections;

/// <summary>Keeps a client connected: makes a link, runs it, and lets the table decide what comes after its end.</summary>
internal sealed class Connector(ClientCore core, RealtimeClientOptions options, ITransport transport, ClientStatus status)
{
    // A provider whose tokens are refused this often in a row does not get better.
    private const int MaxTokenRefusals = 3;

    private int _attempt;
    private int _tokenRefusals;

    /// <summary>Runs until the token is cancelled, or an end after which a client must not come back.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var reason = CloseReason.Normal;
        var byApplication = false;
        try
        {
            reason = await RunLinksAsync(cancellationToken).ConfigureAwait(false);
            options.Logger.ClosedForGood(reason.Code, reason.Reason);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            byApplication = true;
        }
        catch (Exception exception)
        {
            options.Logger.Failed(exception);
            reason = CloseReason.ServerFault.With(exception.Message);
        }

        core.ForgetSession();
        if (!byApplication)
        {
            core.OnClosed(reason, byApplication: false);
        }

        status.Set(new ClientStateChange(ClientState.Closed, reason));
    }

    private async Task<CloseReason> RunLinksAsync(CancellationToken cancellationToken)
    {
        status.Set(new ClientStateChange(ClientState.Connecting));
        while (true)
        {
            var (end, wasOpen) = await RunLinkAsync(cancellationToken).ConfigureAwait(false);
            var decision = ReconnectTable.Decide(end, wasOpen, _attempt, core.Backoff);
            if (!decision.ComesBack || IsTokenHopeless(end, decision))
            {
                return end.ToCloseReason();
            }

            Prepare(decision);
            options.Logger.ComingBack(end.Code, end.Reason, decision.Delay.TotalMilliseconds);
            status.Set(new ClientStateChange(ClientState.Connecting, end.ToCloseReason(), decision.Delay));
            if (decision.Delay > TimeSpan.Zero)
            {
                await Task.Delay(decision.Delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Prepare(ReconnectDecision decision)
    {
        if (decision.IsBackoff)
        {
            _attempt++;
        }

        if (decision.NeedsToken)
        {
            core.Tokens.OnRefused();
        }

        if (!decision.Resumes)
        {
            core.ForgetSession();
        }
    }

    private bool IsTokenHopeless(LinkEnd end, ReconnectDecision decision)
    {
        var isRefusal = decision.NeedsToken && end.Kind != LinkEndKind.NoToken;
        _tokenRefusals = isRefusal ? _tokenRefusals + 1 : _tokenRefusals;
        return isRefusal && (!core.Tokens.HasProvider || _tokenRefusals >= MaxTokenRefusals);
    }

    private async Task<(LinkEnd End, bool WasOpen)> RunLinkAsync(CancellationToken cancellationToken)
    {
        string? token;
        try
        {
            token = await core.Tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The application's provider may throw anything; to the connection it is one failed attempt.
            options.Logger.TokenProviderFailed(exception);
            return (new LinkEnd(LinkEndKind.NoToken, 0, "the token provider failed"), false);
        }

        try
        {
            await using var link = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            return await RunLinkAsync(link, token, cancellationToken).ConfigureAwait(false);
        }
        catch (LinkException exception)
        {
            return (exception.End, false);
        }
    }

    private async Task<(LinkEnd End, bool WasOpen)> RunLinkAsync(ILink link, string? token, CancellationToken cancellationToken)
    {
        using var session = new LinkSession(core, options, link, OnOpen);
        await using var leaving = cancellationToken.UnsafeRegister(
            _ => _ = Goodbye.SayAsync(link, LinkEnd.Closed(1000, "closed by the client"), options.TimeProvider), null).ConfigureAwait(false);
        var end = await session.RunAsync(token, CancellationToken.None).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return (end, session.WasOpen);
    }

    private async Task<ILink> ConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await transport.ConnectAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LinkException(LinkEnd.Lost($"no connection within {options.ConnectTimeout.TotalSeconds} s"));
        }
    }

    private void OnOpen(AuthAckFrame ack)
    {
        _attempt = 0;
        _tokenRefusals = 0;
        options.Logger.Connected(ack.Node.Value, ack.User.Value, ack.Session.Value, ack.Resumed);
        status.Set(new ClientStateChange(ClientState.Connected));
    }
}
