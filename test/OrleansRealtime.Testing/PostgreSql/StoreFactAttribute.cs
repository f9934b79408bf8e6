using Xunit;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.PostgreSql;

/// <summary>
/// A test of a suite that several stores inherit; it is skipped where the inheriting class <see cref="RequiresPostgreSqlAttribute"/>
/// and there is none.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("OrleansRealtime.Testing.PostgreSql.StoreFactDiscoverer", "OrleansRealtime.Testing")]
public sealed class StoreFactAttribute : FactAttribute;
