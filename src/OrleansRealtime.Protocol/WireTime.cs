namespace OrleansRealtime.Protocol;

/// <summary>Which numbers of milliseconds are times and durations.</summary>
internal static class WireTime
{
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static bool IsTime(long unixMilliseconds) => unixMilliseconds >= Earliest && unixMilliseconds <= Latest;

    public static bool IsDuration(long milliseconds) => milliseconds is >= 0 and <= CommandLimits.MaxNumber / 1024;
}
