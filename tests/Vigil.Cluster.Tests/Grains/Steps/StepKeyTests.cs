namespace Vigil.Cluster.Tests.Grains.Steps;

public sealed class StepKeyTests
{
    [Fact]
    public void Of_PlainId_IsReadable() => Assert.Equal("run-1/step.2:a_b", StepKey.Of("run-1", "step.2:a_b").Value);

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("~0123456789abcdef0123456789abcdef")]
    [InlineData("Schritt 1")]
    [InlineData("ünïcode")]
    public void Of_OtherCharacters_IsHashed(string stepId) => Assert.Matches("^run-1/~[0-9a-f]{32}$", StepKey.Of("run-1", stepId).Value);

    [Fact]
    public void Of_LongId_IsHashed()
    {
        Assert.EndsWith(new string('x', 100), StepKey.Of("run-1", new string('x', 100)).Value, StringComparison.Ordinal);
        Assert.Matches("^run-1/~[0-9a-f]{32}$", StepKey.Of("run-1", new string('x', 101)).Value);
    }

    [Fact]
    public void Of_DifferentIds_Differ() => Assert.NotEqual(StepKey.Of("run-1", "a b"), StepKey.Of("run-1", "a c"));
}
