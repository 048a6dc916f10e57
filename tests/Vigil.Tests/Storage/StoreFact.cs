using Vigil.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Vigil.Tests.Storage;

/// <summary>A test of what every provider keeps; skipped, and saying why, where the provider's server is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Vigil.Tests.Storage.StoreFactDiscoverer", "Vigil.Tests")]
internal sealed class StoreFactAttribute : FactAttribute;

/// <summary>A <see cref="StoreFactAttribute"/> with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Vigil.Tests.Storage.StoreTheoryDiscoverer", "Vigil.Tests")]
internal sealed class StoreTheoryAttribute : TheoryAttribute;

/// <summary>Marks a provider's tests that need a PostgreSQL server.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsPostgresAttribute : Attribute
{
    /// <summary>Returns why a test is skipped; null where it is not.</summary>
    public static string? WhyNot(ITestMethod method) =>
        method.TestClass.Class.GetCustomAttributes(typeof(NeedsPostgresAttribute).AssemblyQualifiedName).Any() ? PostgresServer.WhyNot : null;
}

/// <summary>A test that needs a PostgreSQL server, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot;
}

/// <summary>A <see cref="PostgresFactAttribute"/> with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.WhyNot;
}

public sealed class StoreFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        NeedsPostgresAttribute.WhyNot(testMethod) is { } reason
            ? new XunitSkippedDataRowTestCase(DiagnosticMessageSink, TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, testMethod, reason)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}

public sealed class StoreTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        NeedsPostgresAttribute.WhyNot(testMethod) is { } reason
            ? [new XunitSkippedDataRowTestCase(DiagnosticMessageSink, TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, testMethod, reason)]
            : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
