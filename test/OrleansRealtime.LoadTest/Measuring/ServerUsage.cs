using System.Diagnostics;
using System.Globalization;

namespace OrleansRealtime.LoadTest.Measuring;

/// <summary>What a process, with its children, and the kernel have used until now.</summary>
/// <param name="Cpu">Time on all cores, in the process and for it in the kernel.</param>
/// <param name="ResidentBytes">Its memory in RAM.</param>
/// <param name="KernelBytes">What the kernel keeps in its slabs, for everybody: of use as a difference.</param>
internal readonly record struct ServerUsage(TimeSpan Cpu, long ResidentBytes, long KernelBytes)
{
    /// <summary>Reads it now.</summary>
    public static ServerUsage Of(Process process)
    {
        process.Refresh();
        return new(process.TotalProcessorTime, process.WorkingSet64, KernelSlabs());
    }

    private static long KernelSlabs() =>
        File.ReadLines("/proc/meminfo")
            .Where(static line => line.StartsWith("Slab:", StringComparison.Ordinal))
            .Select(static line => long.Parse(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024)
            .First();
}
