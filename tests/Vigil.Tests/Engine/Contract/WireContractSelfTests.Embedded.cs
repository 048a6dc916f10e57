using System.Reflection;

namespace Vigil.Tests.Engine.Contract;

/// <summary>Would the contract test see a violation if there were one?</summary>
public sealed class WireContractSelfTests
{
    private static readonly Type[] Samples = typeof(ContractSamples).GetNestedTypes(BindingFlags.NonPublic);

    private static readonly IReadOnlyList<string> Found = WireContract.Violations(Samples);

    [Theory]
    [InlineData("IBadGrain: has no [Alias].")]
    [InlineData("IBadGrain: more than one method has the alias 'Same'.")]
    [InlineData("IBadGrain.Number: is a property; a grain has methods only.")]
    [InlineData("IBadGrain.Now: returns Int32, which nobody can await.")]
    [InlineData("IBadGrain.Tell: returns void without [OneWay].")]
    [InlineData("IBadGrain.AskAsync: has no [Alias].")]
    [InlineData("IBadGrain.AskAsync: returns Object.")]
    [InlineData("IBadGrain.AskAsync: 'elements' takes JsonElement.")]
    [InlineData("IBadGrain.PassAsync: 'value' is passed by reference.")]
    [InlineData("IBadGrain.PassAsync: 'unmarked' takes Unmarked, which has no [GenerateSerializer].")]
    [InlineData("IBadGrain.PassAsync: 'callback' takes Action, which is code and not data.")]
    [InlineData("IBadGrain.LoseAsync: is [OneWay], so its result goes nowhere.")]
    [InlineData("IBadGrain.GenericAsync: is generic; nobody can say what it carries.")]
    [InlineData("IUnkeyedGrain: is neither IGrainWithStringKey nor IGrainObserver.")]
    [InlineData("Clashing: First and Second share the id 0.")]
    [InlineData("Clashing.Third: carries data but has no [Id].")]
    [InlineData("Clashing._fourth: holds Object.")]
    [InlineData("Clashing.Fifth: holds Unmarked, which has no [GenerateSerializer].")]
    [InlineData("Capturing.captured (a captured parameter): carries data but has no [Id].")]
    [InlineData("Capturing: its base Unsent has no [GenerateSerializer], so what it holds is lost.")]
    [InlineData("Capturing and Clashing: share the alias 'sample.clash'.")]
    [InlineData("Nameless: has no [Alias].")]
    [InlineData("UnmarkedException: an exception without [GenerateSerializer] arrives as another one.")]
    public void Violations_EachKind_IsNamed(string expected) => Assert.Contains(expected, Found);

    [Fact]
    public void Violations_AreNoMoreThanWereMade() => Assert.Equal(23, Found.Count);

    [Theory]
    [InlineData("IGood")]
    [InlineData("Good")]
    public void Violations_GoodSamples_HaveNone(string prefix) =>
        Assert.DoesNotContain(Found, violation => violation.StartsWith(prefix, StringComparison.Ordinal));
}
