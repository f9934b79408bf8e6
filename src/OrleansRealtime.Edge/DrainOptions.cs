using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Edge;

/// <summary>How a node goes down. Section <c>Realtime:Drain</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>Over how long the return of the clients is spread, and how long the node waits for them to go. Default 20 s; 0 to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(20);
}
