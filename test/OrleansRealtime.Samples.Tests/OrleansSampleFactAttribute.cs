using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.Samples.Tests;

/// <summary>A test of a sample that needs Orleans; skipped as well where it was built without.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OrleansSampleFactAttribute : SampleFactAttribute
{
    public OrleansSampleFactAttribute(string sample)
        : base(sample)
    {
        var folder = Path.GetDirectoryName(ServerProgram.Sample(sample).Path)!;
        if (!File.Exists(Path.Combine(folder, "Orleans.Runtime.dll")))
        {
            Skip = "Built without Orleans: the package sources lack some of its packages.";
        }
    }
}
