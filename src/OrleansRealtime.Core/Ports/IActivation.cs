namespace OrleansRealtime.Core.Ports;

/// <summary>What a host may ask of the runtime that keeps it active. Called in the host's turn.</summary>
public interface IActivation
{
    /// <summary>Asks to be taken down after the current turn; the next call to this actor brings up a new host.</summary>
    void Deactivate(string reason);
}
