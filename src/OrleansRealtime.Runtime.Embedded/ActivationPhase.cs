namespace OrleansRealtime.Runtime.Embedded;

/// <summary>Where an activation is in its life.</summary>
internal enum ActivationPhase
{
    /// <summary>The host reads what it needs; calls wait.</summary>
    Activating,

    /// <summary>Calls start at once.</summary>
    Active,

    /// <summary>The host ends what is in flight; calls wait.</summary>
    Stopping,

    /// <summary>Gone; calls belong to the next activation.</summary>
    Stopped,
}
