namespace OrleansRealtime.Runtime.Grains;

/// <summary>The clock of our own code in a silo.</summary>
internal static class RealtimeTime
{
    /// <summary>
    /// The key of its <see cref="TimeProvider"/>. Orleans takes the one without a key for its own timers, which a clock that
    /// stands still would stop.
    /// </summary>
    public const string Key = "realtime";
}
