namespace Vigil.Tests.Rules;

public sealed class RequestLimitsTests
{
    private static readonly StartExecution Start = new() { Connection = "c", Target = new("workflow", "w") };

    [Theory]
    [InlineData("a", true)]
    [InlineData("A.b_c:d-9", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("...", true)]
    [InlineData("é", false)]
    public void IsId_Text_IsJudgedByItsCharacters(string? id, bool expected) => Assert.Equal(expected, RequestLimits.IsId(id));

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void IsId_Length_HasALimit(int length, bool expected) => Assert.Equal(expected, RequestLimits.IsId(new('x', length)));

    // Half of a surrogate pair cannot be stored or sent. Attributes cannot hold one either.
    [Theory]
    [InlineData(0xd800, 'a')]
    [InlineData(0xdc00, 0xd800)]
    public void Check_HalfACharacter_IsWrongWhereverItStands(int first, int second)
    {
        var text = new string([(char)first, (char)second]);
        var request = Start with { Connection = text, Target = new(text, text, text), Metadata = ImmutableDictionary<string, string>.Empty.Add("a", text) };

        Assert.Equal(["connection", "metadata.a", "target.kind", "target.id", "target.version"], RequestLimits.Check(request).Select(error => error.Field));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((30 * 24 * 3600) + 1)]
    public void Check_DeadlineOutOfRange_NamesTheFieldAndTheLimit(int seconds)
    {
        var error = Assert.Single(RequestLimits.Check(Start with { Deadline = TimeSpan.FromSeconds(seconds) }));

        Assert.Equal("deadline_seconds", error.Field);
        Assert.Contains("2592000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WholeCharacters_AreFine() =>
        Assert.Empty(RequestLimits.Check(Start with { Metadata = ImmutableDictionary<string, string>.Empty.Add("a", "\ud83d\ude00 é\n") }));

    [Fact]
    public void Check_Input_IsReturnedParsed()
    {
        Assert.Empty(RequestLimits.Check(Start with { Input = """{"a":[1]}""" }, out var input));

        Assert.Equal(1, input!.Value.GetProperty("a")[0].GetInt32());
    }
}
