namespace OrleansRealtime.Edge.Limits;

/// <summary>The monotonic time of a <see cref="TimeProvider"/>, which does not jump when the wall clock is set.</summary>
internal static class Uptime
{
    /// <summary>Time since some fixed moment.</summary>
    public static TimeSpan Of(TimeProvider clock) => clock.GetElapsedTime(0);
}
