using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansRealtime.LoadTest.Measuring;

/// <summary>Waits for a moment of <see cref="Stopwatch"/>, which on Linux counts the nanoseconds of CLOCK_MONOTONIC.</summary>
/// <remarks>
/// <see cref="Thread.Sleep(TimeSpan)"/> drops what is less than a millisecond, so that a publication would leave before it is due
/// and seem faster than it was.
/// </remarks>
internal static partial class Clock
{
    private const int Monotonic = 1;
    private const int Absolute = 1;

    /// <summary>Returns when the moment has come, never before; some 50 µs late.</summary>
    public static void WaitUntil(long timestamp)
    {
        var moment = new Moment(timestamp / Stopwatch.Frequency, timestamp % Stopwatch.Frequency * (1_000_000_000 / Stopwatch.Frequency));
        while (Stopwatch.GetTimestamp() < timestamp)
        {
            // Ends early for a signal; then it is asked again.
            _ = Sleep(Monotonic, Absolute, in moment, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in Moment moment, nint remaining);

    /// <summary>A <c>timespec</c> of Linux on 64 bits.</summary>
    private readonly record struct Moment(long Seconds, long Nanoseconds);
}
