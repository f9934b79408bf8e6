namespace OrleansRealtime.EndToEnd.Tests.Proxies;

/// <summary>A test that needs nginx; skipped without it, but with the environment variable CI set to true it runs, and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NginxFactAttribute : FactAttribute
{
    /// <summary>Where Debian's package puts it.</summary>
    public const string ExecutablePath = "/usr/sbin/nginx";

    public NginxFactAttribute() =>
        Skip = File.Exists(ExecutablePath) || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : $"There is no {ExecutablePath}. Install Debian's package nginx-light or nginx.";
}
