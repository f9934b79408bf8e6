using System.Globalization;
using System.Threading.Channels;
using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Transports;

/// <summary>A link over one event stream. Its channels are fixed: another set, or another token, needs another link.</summary>
internal sealed class EventStreamLink : ILink
{
    // Beyond this the stream is read no further, so that the network holds the server back.
    private const int MaxFrames = 256;

    private readonly HttpCommands _commands;
    private readonly StreamPlace _from;
    private readonly Action<StreamPlace> _remember;
    private readonly Channel<ServerFrame> _frames = Channel.CreateBounded<ServerFrame>(MaxFrames);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinkEnd? _end;
    private Task _streaming = Task.CompletedTask;
    private bool _isStarted;

    public EventStreamLink(HttpCommands commands, StreamPlace from, Action<StreamPlace> remember) =>
        (_commands, _from, _remember) = (commands, from, remember);

    /// <inheritdoc/>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public LinkEnd End => _end ?? LinkEnd.Lost("the event stream ended");

    /// <inheritdoc/>
    public void Send(params IReadOnlyList<ClientCommand> commands)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            var auth = commands.OfType<AuthCommand>().Single();
            _commands.Token = auth.Token;
            _streaming = StreamAsync(auth, [.. commands.OfType<SubscribeCommand>()]);
            return;
        }

        foreach (var command in commands)
        {
            Send(command);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ServerFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (await _frames.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_frames.Reader.TryRead(out var frame))
            {
                return frame;
            }
        }

        _ended.TrySetResult();
        return null;
    }

    /// <inheritdoc/>
    public void Abort(LinkEnd end)
    {
        Interlocked.CompareExchange(ref _end, end, null);
        _frames.Writer.TryComplete();
        _stop.Cancel();
    }

    /// <inheritdoc/>
    public Task CloseAsync(LinkEnd end, CancellationToken cancellationToken)
    {
        Abort(end);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Abort(LinkEnd.Lost("disposed"));
        await _streaming.ConfigureAwait(false);
        _ended.TrySetResult();
    }

    private void Send(ClientCommand command)
    {
        switch (command)
        {
            case SubscribeCommand or UnsubscribeCommand or RefreshCommand:
                Abort(LinkEnd.Left(TimeSpan.Zero));
                break;
            case PingCommand:
                // Nothing is asked on a stream: the server's comments are the sign of life that is waited for.
                break;
            default:
                _ = AnswerAsync(command);
                break;
        }
    }

    private async Task AnswerAsync(ClientCommand command)
    {
        try
        {
            var answer = await _commands.SendAsync(command, _stop.Token).ConfigureAwait(false);
            await _frames.Writer.WriteAsync(answer, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            // The link ended first; what waits for the answer learns that.
        }
    }

    private async Task StreamAsync(AuthCommand auth, IReadOnlyList<SubscribeCommand> subscribes)
    {
        try
        {
            await (subscribes.Count == 0 ? ProbeAsync(auth) : ReadAsync(subscribes)).ConfigureAwait(false);
        }
        catch (LinkException exception)
        {
            Abort(exception.End);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or ChannelClosedException)
        {
            Abort(LinkEnd.Lost(exception.Message));
        }
    }

    // Without a channel there is no stream to open; a ticket proves that the server is there and takes the token.
    private async Task ProbeAsync(AuthCommand auth)
    {
        using var request = _commands.NewRequest(HttpMethod.Post, "ticket");
        using var response = await _commands.OpenAsync(request, _stop.Token).ConfigureAwait(false);
        await _frames.Writer.WriteAsync(
            new AuthAckFrame(
                auth.Id, ProtocolVersion.Current, default, auth.Session ?? new SessionId("none"), false, new EdgeId("http"), TimeSpan.Zero,
                null, new ConnectionLimits(0, 0), default),
            _stop.Token).ConfigureAwait(false);
    }

    private async Task ReadAsync(IReadOnlyList<SubscribeCommand> subscribes)
    {
        using var request = _commands.NewRequest(HttpMethod.Get, PathOf(subscribes));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (_from.LastEventId is { } id)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id);
        }

        using var response = await _commands.OpenAsync(request, _stop.Token).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(_stop.Token).ConfigureAwait(false);
        using var reader = new EventReader(stream);
        var channels = subscribes.Select(static subscribe => subscribe.Channel).ToHashSet();
        var resume = new StreamResume(_commands, subscribes, _from.LastEventId is null ? StreamPlace.None.Channels : _from.Channels);
        while (await reader.ReadAsync(_stop.Token).ConfigureAwait(false) is { } frame)
        {
            await foreach (var translated in resume.TranslateAsync(frame, _stop.Token).ConfigureAwait(false))
            {
                await _frames.Writer.WriteAsync(translated, _stop.Token).ConfigureAwait(false);
            }

            if (reader.LastEventId is { Length: > 0 } place)
            {
                _remember(new StreamPlace(place, channels));
            }
        }

        Abort(reader.Close ?? LinkEnd.Lost("the event stream ended"));
    }

    // What a stream asks for holds for all its channels: the most that any of them wants.
    private static string PathOf(IReadOnlyList<SubscribeCommand> subscribes)
    {
        var path = "sse?channels=" + string.Join(',', subscribes.Select(static subscribe => Uri.EscapeDataString(subscribe.Channel.Value)));
        var last = subscribes.Max(static subscribe => subscribe.Last);
        path += last > 0 ? string.Create(CultureInfo.InvariantCulture, $"&last={last}") : "";
        path += subscribes.Any(static subscribe => subscribe.Presence) ? "&presence=true" : "";
        return subscribes[0].Conflate is { } conflate && subscribes.All(subscribe => subscribe.Conflate == conflate)
            ? path + string.Create(CultureInfo.InvariantCulture, $"&conflate={(int)conflate.TotalMilliseconds}")
            : path;
    }
}
