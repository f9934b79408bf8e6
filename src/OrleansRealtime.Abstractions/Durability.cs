namespace OrleansRealtime;

/// <summary>What a channel keeps of its publications.</summary>
public enum Durability
{
    /// <summary>Nothing: live delivery only, no resume.</summary>
    None,

    /// <summary>A replay buffer in memory; lost, with a new epoch, when the channel's process ends.</summary>
    Memory,

    /// <summary>Every publication is in the log before it is acknowledged.</summary>
    Durable,
}
