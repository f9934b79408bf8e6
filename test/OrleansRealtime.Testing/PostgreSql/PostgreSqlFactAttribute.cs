using Xunit;

namespace OrleansRealtime.Testing.PostgreSql;

/// <summary>A test that needs a PostgreSQL server; skipped without one, as <see cref="RequiresPostgreSqlAttribute"/> says.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    /// <summary>Decides at discovery whether the test is skipped.</summary>
    public PostgreSqlFactAttribute() => Skip = RequiresPostgreSqlAttribute.SkipReason;
}
