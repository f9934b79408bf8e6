using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrleansRealtime.Testing.PostgreSql;

/// <summary>A test that is skipped when its class needs what is not here.</summary>
public sealed class StoreTestCase : XunitTestCase
{
    /// <summary>For the deserializer.</summary>
    [Obsolete("Called by the deserializer only.")]
    public StoreTestCase()
    {
    }

    /// <summary>Creates the test case.</summary>
    public StoreTestCase(
        IMessageSink diagnosticMessageSink,
        TestMethodDisplay display,
        TestMethodDisplayOptions options,
        ITestMethod testMethod,
        object[]? arguments = null)
        : base(diagnosticMessageSink, display, options, testMethod, arguments)
    {
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute)
        ?? (TestMethod.TestClass.Class.GetCustomAttributes(typeof(RequiresPostgreSqlAttribute)).Any()
            ? RequiresPostgreSqlAttribute.SkipReason!
            : null!);
}
