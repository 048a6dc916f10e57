using System.Reflection;

namespace Vigil.Tests.Engine.Contract;

/// <summary>Does everything that Vigil sends between grains keep the contract?</summary>
public sealed class WireContractTests
{
    [Theory]
    [InlineData("Vigil.Abstractions")]
    [InlineData("Vigil.Grains")]
    public void Assembly_GrainInterfacesAndWireTypes_KeepTheContract(string assembly)
    {
        var violations = WireContract.Violations(Assembly.Load(assembly).GetTypes());

        Assert.True(violations.Count == 0, $"{violations.Count} violations in {assembly}:\n{string.Join('\n', violations)}");
    }

    [Fact]
    public void Abstractions_HasSomethingToCheck()
    {
        var types = Assembly.Load("Vigil.Abstractions").GetTypes();

        Assert.Contains(types, WireContract.IsGrainInterface);
        Assert.Contains(types, WireContract.IsWireType);
    }
}
