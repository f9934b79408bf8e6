using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Server.WarmUp;

/// <summary>How the server warms up before it takes clients. Section <c>Realtime:WarmUp</c>.</summary>
internal sealed class WarmUpOptions
{
    // Set in the runtime configuration of a server that was published compiled ahead of time.
    private const string PublishedSwitch = "OrleansRealtime.Server.WarmUp";

    /// <summary>
    /// Whether a server that is started serves connections of its own first, in a node of their own, so that the compiler has
    /// done its work when clients come; on Linux only. Null, the default: where the server was published compiled ahead of time.
    /// </summary>
    // Elsewhere most of the code would have to be compiled twice, which takes longer than anybody at a keyboard, or a test, waits.
    public bool? Enabled { get; set; }

    /// <summary>How many connections come at once, again and again until the compiler has no more to do; 40 to 1000. Default 100.</summary>
    // A method is compiled for good after 30 calls, and some are called by every third connection only.
    [Range(40, 1000)]
    public int Connections { get; set; } = 100;

    /// <summary>How long it may take at most; 100 ms to 30 s. Default 2 s.</summary>
    // Twice what it takes on two cores that have nothing else to do.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30", ParseLimitsInInvariantCulture = true)]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether this server is to warm up.</summary>
    public bool IsWanted => Enabled ?? (AppContext.TryGetSwitch(PublishedSwitch, out var isPublished) && isPublished);
}
