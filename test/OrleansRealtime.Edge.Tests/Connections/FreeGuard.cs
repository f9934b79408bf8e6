using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Edge.Tests.Connections;

/// <summary>A guard that lets everything pass.</summary>
internal sealed class FreeGuard : IConnectionGuard
{
    /// <summary>The guard; it has no state.</summary>
    public static FreeGuard Instance { get; } = new();

    /// <summary>Never used: nothing is refused.</summary>
    public Action<CloseReason>? Close
    {
        get => null;
        set { }
    }

    /// <inheritdoc/>
    public RealtimeError? Admit(int messageBytes) => null;

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
