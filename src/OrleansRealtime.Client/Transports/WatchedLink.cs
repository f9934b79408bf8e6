using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Transports;

/// <summary>Tells when a link was lost without a single frame.</summary>
internal sealed class WatchedLink(ILink link, Action endedUnheard) : ILink
{
    private bool _hasHeard;

    public LinkEnd End => link.End;

    public Task Ended => link.Ended;

    public void Send(params IReadOnlyList<ClientCommand> commands) => link.Send(commands);

    public async ValueTask<ServerFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var frame = await link.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (frame is null && !_hasHeard && link.End.Kind == LinkEndKind.Lost)
        {
            endedUnheard();
        }

        _hasHeard |= frame is not null;
        return frame;
    }

    public void Abort(LinkEnd end) => link.Abort(end);

    public Task CloseAsync(LinkEnd end, CancellationToken cancellationToken) => link.CloseAsync(end, cancellationToken);

    public ValueTask DisposeAsync() => link.DisposeAsync();
}
