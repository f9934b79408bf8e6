using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Runtime.Embedded;

/// <summary>How the embedded runtime keeps its actors.</summary>
public sealed class EmbeddedRuntimeOptions
{
    /// <summary>How long an actor that nobody needs stays active; 1 s to 1 day, default 5 min.</summary>
    // Long enough for a person who looks away and back; short enough that an hour's channels do not pile up.
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often actors are asked for what is due; 100 ms to 10 s, default 1 s.</summary>
    // The shortest delay that actors promise is the flap grace of 5 s.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10", ParseLimitsInInvariantCulture = true)]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an actor that goes down may take to end what is in flight; 100 ms to 5 min, default 10 s.</summary>
    // An append that takes longer than this has failed for its publishers anyway.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
