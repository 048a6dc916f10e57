using Vigil.Tests.Engine.Contract;

namespace Vigil.Cluster.Tests.Conformance.Contract;

/// <summary>Do the suite's own interfaces and wire types keep the contract? Where it breaks it, it does so on purpose.</summary>
public sealed class SuiteContractTests
{
    private static readonly string[] OnPurpose =
    [
        "Partly.Unmarked: carries data but has no [Id].",
        "UnmarkedException: an exception without [GenerateSerializer] arrives as another one.",
    ];

    [Fact]
    public void Suite_BreaksTheContractOnPurposeAlone() =>
        Assert.Equal(OnPurpose, WireContract.Violations(typeof(SuiteContractTests).Assembly.GetTypes()).Order(StringComparer.Ordinal));
}
