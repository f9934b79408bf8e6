namespace OrleansRealtime.Testing.PostgreSql;

/// <summary>
/// The tests of this class need a PostgreSQL server. Without one its <see cref="StoreFactAttribute"/> tests are skipped, and say
/// why; with the environment variable CI set to true they run, and fail.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresPostgreSqlAttribute : Attribute
{
    /// <summary>Why tests that need PostgreSQL are skipped here, or null.</summary>
    public static string? SkipReason =>
        Environment.GetEnvironmentVariable("CI") == "true" ? null : PostgreSqlServer.MissingReason;
}
