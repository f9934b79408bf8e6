using OrleansRealtime.Testing.Browsers;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>
/// A test of the SDKs, which needs the restored npm package and Chromium; skipped without them, but with the environment variable CI
/// set to true it runs, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SdkTheoryAttribute : TheoryAttribute
{
    public SdkTheoryAttribute() => Skip = Environment.GetEnvironmentVariable("CI") == "true" ? null
        : !TypeScriptPackage.IsRestored ? "Run npm ci in src/OrleansRealtime.Client.TypeScript first."
        : !File.Exists(ChromiumFactAttribute.ExecutablePath) ? $"There is no {ChromiumFactAttribute.ExecutablePath}."
        : null;
}
