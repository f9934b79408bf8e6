namespace OrleansRealtime.Client.Transports;

/// <summary>A carrier of the protocol.</summary>
internal interface ITransport
{
    /// <summary>Makes a link, not yet authenticated.</summary>
    /// <exception cref="LinkException">There is none; the exception says how the attempt ended.</exception>
    Task<ILink> ConnectAsync(CancellationToken cancellationToken);
}
