using OrleansRealtime.Testing.Browsers;
using OrleansRealtime.Testing.Servers;

namespace OrleansRealtime.Samples.Tests;

/// <summary>
/// A test that needs Chromium and the bundled page of a sample; skipped without them, but with the environment variable CI set to
/// true it runs, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public class SampleFactAttribute : ChromiumFactAttribute
{
    public SampleFactAttribute(string sample)
    {
        var page = Path.Combine(ServerBinary.RepositoryRoot, "samples", sample, "wwwroot", "index.html");
        if (Skip is null && !File.Exists(page) && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = $"The page of {sample} is not bundled: ./infra/dev.sh bundle";
        }
    }
}
