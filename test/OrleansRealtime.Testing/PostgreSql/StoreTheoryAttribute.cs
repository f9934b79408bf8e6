using Xunit;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.PostgreSql;

/// <summary>A <see cref="StoreFactAttribute"/> with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("OrleansRealtime.Testing.PostgreSql.StoreTheoryDiscoverer", "OrleansRealtime.Testing")]
public sealed class StoreTheoryAttribute : TheoryAttribute;
