namespace OrleansRealtime.Server.Operators;

/// <summary>The console page. Section <c>Realtime:Console</c>.</summary>
internal sealed class ConsoleOptions
{
    /// <summary>Whether <c>/console</c> is served and this node tells it of itself. Default true.</summary>
    public bool Enabled { get; set; } = true;
}
