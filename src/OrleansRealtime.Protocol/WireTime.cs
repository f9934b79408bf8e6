namespace OrleansRealtime.Protocol;

/// <summary>Which numbers of milliseconds are times and durations.</summary>
internal static class WireTime
{
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>A wait in whole milliseconds, rounded up: who comes back in time is never early.</summary>
    public static long RoundUp(TimeSpan wait) => (long)Math.Ceiling(wait.TotalMilliseconds);

    public static bool IsTime(long unixMilliseconds) => unixMilliseconds >= Earliest && unixMilliseconds <= Latest;

    public static bool IsDuration(long milliseconds) => milliseconds is >= 0 and <= CommandLimits.MaxNumber / 1024;
}
