using Microsoft.Extensions.Logging;
using OrleansRealtime.Client.Connections;
using OrleansRealtime.Client.Reconnect;

namespace OrleansRealtime.Client.Transports;

/// <summary>
/// WebSockets, until two handshakes in a row, or six where one was open before, have failed without an answer of the server; then
/// event streams, until one of them ends before it was open, which says that the server is away and not the WebSocket broken.
/// </summary>
internal sealed class FallbackTransport(ITransport webSockets, ITransport eventStreams, ILogger logger) : ITransport
{
    // One failure may be chance. Where a WebSocket got through before, it is more likely that the server is away for a while.
    private const int MaxFailures = 2;
    private const int MaxFailuresOfProven = 6;

    private int _maxFailures = MaxFailures;
    private int _failures;

    /// <inheritdoc/>
    public async Task<ILink> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_failures >= _maxFailures)
        {
            _maxFailures = MaxFailures;
            _failures = MaxFailures;
            logger.FallingBack();
            return new WatchedLink(await eventStreams.ConnectAsync(cancellationToken).ConfigureAwait(false), () => _failures = 0);
        }

        try
        {
            var link = await webSockets.ConnectAsync(cancellationToken).ConfigureAwait(false);
            _failures = 0;
            _maxFailures = MaxFailuresOfProven;
            return link;
        }
        catch (LinkException exception)
        {
            _failures = exception.End.Kind == LinkEndKind.Lost ? _failures + 1 : 0;
            throw;
        }
    }
}
