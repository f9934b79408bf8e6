using OrleansRealtime.Edge.Connections;

namespace OrleansRealtime.Benchmarks.Shared;

/// <summary>A guard that lets everything pass.</summary>
internal sealed class FreeGuard : IConnectionGuard
{
    public static FreeGuard Instance { get; } = new();

    public RealtimeError? Admit(int messageBytes, out CloseReason? ending)
    {
        ending = null;
        return null;
    }

    public CloseReason? Strike() => null;

    public void OnAuthenticated(UserId user)
    {
    }

    public void OnEnded(CloseReason reason)
    {
    }
}
