namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>
/// A test that packs the SDKs, which needs the restored npm package; skipped without it, but with the environment variable CI set to
/// true it runs, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SdkFactAttribute : FactAttribute
{
    public SdkFactAttribute() => Skip = Environment.GetEnvironmentVariable("CI") == "true" || TypeScriptPackage.IsRestored
        ? null
        : "Run npm ci in src/OrleansRealtime.Client.TypeScript first.";
}
