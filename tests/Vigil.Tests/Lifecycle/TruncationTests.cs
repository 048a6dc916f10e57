using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle;

public sealed class TruncationTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("\\u0001\"")]
    [InlineData("äß")]
    [InlineData("😀")]
    public void CutJson_TooLong_IsAStringOfABeginningWithinTheLimit(string pattern)
    {
        var text = string.Concat(Enumerable.Repeat(pattern, 5000));

        var kept = Truncation.CutJson(text, 4096, out var truncated)!;

        Assert.True(truncated);
        Assert.InRange(Encoding.UTF8.GetByteCount(kept), 3500, 4096);
        Assert.StartsWith(JsonDocument.Parse(kept).RootElement.GetString()!, text, StringComparison.Ordinal);
    }

    [Fact]
    public void CutJson_CutOnce_StaysAsItIs()
    {
        var kept = Truncation.CutJson(new string('"', 9000), 4096, out _);

        Assert.Equal(kept, Truncation.CutJson(kept, 4096, out var truncated));
        Assert.False(truncated);
    }

    [Fact]
    public void CutJson_WithinTheLimit_IsLeftAlone()
    {
        var text = new string('ä', 2048);

        Assert.Same(text, Truncation.CutJson(text, 4096, out var truncated));
        Assert.False(truncated);
    }

    [Fact]
    public void CutText_NeverHalvesACharacter() => Assert.Equal("ab", Truncation.CutText("ab😀", 3));
}
