using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.Tests.Connections;

/// <summary>A guard that lets everything pass.</summary>
internal sealed class FreeGuard : IConnectionGuard
{
    /// <summary>The guard; it has no state.</summary>
    public static FreeGuard Instance { get; } = new();

    /// <inheritdoc/>
    public RealtimeError? Admit(int messageBytes, out CloseReason? ending)
    {
        ending = null;
        return null;
    }

    /// <inheritdoc/>
    public CloseReason? Strike() => null;

    /// <inheritdoc/>
    public void OnAuthenticated(UserId user)
    {
    }

    /// <inheritdoc/>
    public void OnEnded(CloseReason reason)
    {
    }
}
