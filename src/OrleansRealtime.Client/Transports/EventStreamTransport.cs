namespace OrleansRealtime.Client.Transports;

/// <summary>Links over server-sent events, with commands over HTTP; remembers where its last stream stood.</summary>
internal sealed class EventStreamTransport(Uri address, HttpMessageInvoker http, TimeProvider time) : ITransport
{
    private StreamPlace _place = StreamPlace.None;

    /// <inheritdoc/>
    // The stream is opened by the first commands, which say for whom and for which channels.
    public Task<ILink> ConnectAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ILink>(new EventStreamLink(new HttpCommands(address, http, time), _place, place => _place = place));
}

/// <summary>Where a stream stood: the server's opaque token, and for which channels it speaks. Immutable.</summary>
internal sealed record StreamPlace(string? LastEventId, IReadOnlySet<ChannelName> Channels)
{
    public static StreamPlace None { get; } = new(null, new HashSet<ChannelName>());
}
