using OrleansRealtime.Client.Reconnect;
using OrleansRealtime.Protocol;

namespace OrleansRealtime.Client.Transports;

/// <summary>One connection to the server, over any carrier. One reader; any number of senders.</summary>
internal interface ILink : IAsyncDisposable
{
    /// <summary>Completes when the link has ended.</summary>
    Task Ended { get; }

    /// <summary>Why it ended; set when <see cref="ReceiveAsync"/> returned null.</summary>
    LinkEnd End { get; }

    /// <summary>Queues commands, to be sent in this order and together. Never waits; does nothing on a link that ended.</summary>
    void Send(params IReadOnlyList<ClientCommand> commands);

    /// <summary>The next frame, or null when the link has ended.</summary>
    ValueTask<ServerFrame?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Ends the link at once, for a reason of the client's own.</summary>
    void Abort(LinkEnd end);

    /// <summary>Sends what is queued, then says good-bye; does not wait for the answer. The link ends with <paramref name="end"/>.</summary>
    Task CloseAsync(LinkEnd end, CancellationToken cancellationToken);
}
