using Xunit;

namespace OrleansRealtime.Testing.Browsers;

/// <summary>A test that needs Chromium; skipped without it, but with the environment variable CI set to true it runs, and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class ChromiumFactAttribute : FactAttribute
{
    /// <summary>The environment variable that names a Chromium in another place than Debian's.</summary>
    public const string PathVariable = "ORLEANSREALTIME_CHROMIUM";

    public ChromiumFactAttribute() =>
        Skip = File.Exists(ExecutablePath) || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : $"There is no {ExecutablePath}. Install Debian's package chromium, or name one in {PathVariable}.";

    public static string ExecutablePath => Environment.GetEnvironmentVariable(PathVariable) ?? "/usr/bin/chromium";
}
