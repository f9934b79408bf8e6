using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansRealtime.LoadTest.Reporting;

/// <summary>Where something was measured. Immutable.</summary>
internal sealed record Machine(int Cores, string Processor, int MemoryGiB, string Kernel, string Runtime)
{
    /// <summary>This one.</summary>
    public static Machine Read() => new(
        Environment.ProcessorCount,
        Field("/proc/cpuinfo", "model name") ?? "unknown",
        (int)Math.Round(double.Parse(Field("/proc/meminfo", "MemTotal")!.Split(' ')[0], CultureInfo.InvariantCulture) / 1024 / 1024),
        $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}",
        RuntimeInformation.FrameworkDescription);

    /// <summary>In one line.</summary>
    public override string ToString() => $"{Cores} cores, {Processor}, {MemoryGiB} GiB, {Kernel}, {Runtime}";

    private static string? Field(string file, string name) => File.ReadLines(file)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(static line => line[(line.IndexOf(':') + 1)..].Trim())
        .FirstOrDefault();
}
