using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.PostgreSql;

/// <summary>Makes <see cref="StoreTheoryAttribute"/> ask the class in which a test runs, and not the one that declares it.</summary>
/// <remarks>For rows that the runner can tell apart before it runs them, as constants are; others are never skipped.</remarks>
public sealed class StoreTheoryDiscoverer(IMessageSink diagnosticMessageSink) : TheoryDiscoverer(diagnosticMessageSink)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow) =>
        [
            new StoreTestCase(
                DiagnosticMessageSink,
                discoveryOptions.MethodDisplayOrDefault(),
                discoveryOptions.MethodDisplayOptionsOrDefault(),
                testMethod,
                dataRow),
        ];
}
