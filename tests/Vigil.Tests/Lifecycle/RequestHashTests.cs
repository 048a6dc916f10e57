using Vigil.Grains.Executions;

namespace Vigil.Tests.Lifecycle;

public sealed class RequestHashTests
{
    [Fact]
    public void Of_WithoutOptions_IsAsItWasBeforeThereWereOptions() => Assert.Equal(
        "94d0a9830e815c042259db6e8419eed25091f6dfcab10a181612d98522ec6348", RequestHash.Of(Given.Request, JsonElement.Parse(Given.Request.Input!)));

    [Theory]
    [InlineData("""{ "b": 1, "a": { "d": 2, "c": 3 } }""", true)]
    [InlineData("""{"a":{"c":3,"d":2},"b":2}""", false)]
    [InlineData(null, false)]
    public void Of_Options_CountButNotHowTheyAreWritten(string? options, bool isSame) => Assert.Equal(
        isSame,
        RequestHash.Of(Given.Request with { Options = options }, null) == RequestHash.Of(Given.Request with { Options = """{"a":{"c":3,"d":2},"b":1}""" }, null));
}
