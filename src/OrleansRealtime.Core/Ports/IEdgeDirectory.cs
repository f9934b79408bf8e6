namespace OrleansRealtime.Core.Ports;

/// <summary>Where an edge makes itself known to the runtime.</summary>
public interface IEdgeDirectory
{
    /// <summary>Routes messages for <paramref name="edge"/> to <paramref name="inbox"/> until the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">That edge is registered already.</exception>
    IDisposable Register(EdgeId edge, IEdgeInbox inbox);
}
