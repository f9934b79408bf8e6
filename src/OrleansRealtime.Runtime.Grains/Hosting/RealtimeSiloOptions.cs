using System.ComponentModel.DataAnnotations;

namespace OrleansRealtime.Runtime.Grains;

/// <summary>How a silo keeps its actors, and how messages get from it to edges in others.</summary>
public sealed class RealtimeSiloOptions
{
    /// <summary>The stream provider that comes with <c>AddRealtime</c>: <c>realtime</c>.</summary>
    public const string OwnStreamProvider = "realtime";

    /// <summary>What this node of the cluster is for; default <see cref="SiloRole.Both"/>.</summary>
    // One process is all that most need, and it has to be both.
    public SiloRole Role { get; set; } = SiloRole.Both;

    /// <summary>How long an actor that nobody needs stays active; 1 s to 1 day, default 5 min.</summary>
    // As the embedded runtime: a person who looks away and back finds the channel warm.
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often actors are asked for what is due; 100 ms to 10 s, default 1 s.</summary>
    // The shortest delay that actors promise is the flap grace of 5 s.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10", ParseLimitsInInvariantCulture = true)]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The name of the persistent stream provider that carries messages to edges in other silos, the same in all silos; default
    /// <see cref="OwnStreamProvider"/>. Any other has to be registered by the application with
    /// <c>StreamPubSubType.ImplicitOnly</c>, or the silo does not start.
    /// </summary>
    // Ours waits for messages; others ask for them, Orleans' own every 100 ms.
    [Required]
    public string StreamProvider { get; set; } = OwnStreamProvider;
}
