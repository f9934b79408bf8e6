using System.Globalization;

namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>How figures are written: three digits that mean something. Pure.</summary>
internal static class Numbers
{
    public static string Text(double value) => value.ToString(
        Math.Abs(value) switch { >= 1000 => "#,0", >= 100 => "0", >= 10 => "0.0", 0 => "0", _ => "0.00" },
        CultureInfo.InvariantCulture);
}
