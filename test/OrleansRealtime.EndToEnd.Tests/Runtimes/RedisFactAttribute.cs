namespace OrleansRealtime.EndToEnd.Tests.Runtimes;

/// <summary>A test that needs Redis; skipped without it, but with the environment variable CI set to true it runs, and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() =>
        Skip = Find() is not null || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : "There is no redis-server on the path. Install Debian's package redis-server.";

    /// <summary>Where the server is, or null.</summary>
    public static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(static folder => Path.Combine(folder, "redis-server"))
            .FirstOrDefault(File.Exists);
}
