using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Http;

public sealed class JsonViewTests
{
    [Fact]
    public void Reads_MissingNullAndWrongTypes_AreNothing()
    {
        var view = View("""{ "text": 1, "number": "1", "list": {}, "null": null, "object": [] }""");

        Assert.Null(view["text"].Text());
        Assert.Null(view["number"].Number());
        Assert.Empty(view["list"].Items());
        Assert.Null(view["null"].Raw());
        Assert.Null(view["missing"]["deeper"]["still"].Time());
        Assert.Null(view["object"]["key"].Text());
    }

    [Theory]
    [InlineData("1e999", null, null, null)]
    [InlineData("99999999999999999999", 1e20, null, null)]
    [InlineData("3.0", 3.0, 3, null)]
    [InlineData("3.5", 3.5, null, null)]
    [InlineData("7", 7.0, 7, 7L)]
    [InlineData("-0", 0.0, 0, 0L)]
    public void Numbers_OutOfRange_AreNothing(string json, double? number, int? whole, long? large)
    {
        var view = View($$"""{ "n": {{json}} }""")["n"];

        Assert.Equal((number, whole, large), (view.Number(), view.WholeNumber(), view.Int64()));
    }

    [Theory]
    [InlineData(""" "plain" """, "plain")]
    [InlineData(""" "" """, null)]
    [InlineData(""" "half \ud83d here" """, "half \uFFFD here")]
    [InlineData(""" "other half \ude00" """, "other half \uFFFD")]
    [InlineData(""" "whole \ud83d\ude00" """, "whole \U0001F600")]
    [InlineData(""" "written \\ud83d" """, "written \\ud83d")]
    public void Text_WithHalfCharacters_IsMended(string json, string? expected) => Assert.Equal(expected, View($$"""{ "t": {{json}} }""")["t"].Text());

    [Theory]
    [InlineData(@"red\u001b[31m alert\u202eevil\u2066", "red\uFFFD[31m alert\uFFFDevil\uFFFD")]
    [InlineData(@"first\r\nINFO forged\tline\u0085\u2028end", "first  INFO forged line  end")]
    [InlineData("raw \u202E\u009F here", "raw \uFFFD\uFFFD here")]
    [InlineData("שלום and 😀", "שלום and 😀")]
    public void Text_WithHiddenCharacters_IsPlain(string json, string expected)
    {
        var view = View($$"""{ "t": "{{json}}", "o": { "t": "{{json}}" } }""");

        Assert.Equal(expected, view["t"].Text());
        Assert.True(PlainText.IsPlain(view["o"].TextOrRaw(1_000)!));
        Assert.Equal(view["t"].Exact(), JsonElement.Parse(view["o"].Raw()!).GetProperty("t").GetString());
        Assert.True(PlainText.IsPlain(view["o"].Raw()!));
    }

    [Fact]
    public void Name_WithHalfACharacter_HidesNothingButItself()
    {
        var view = View("""{ "\ud83d": 1, "status": "running" }""");

        Assert.Equal("running", view["status"].Text());
    }

    [Fact]
    public void Text_TooLong_IsCutBetweenCharacters()
    {
        var view = View($$"""{ "t": "{{new string('x', 9)}}😀" }""")["t"];

        Assert.Equal(new string('x', 9), view.Text(10));
        Assert.Equal(11, view.Text(11)!.Length);
    }

    [Fact]
    public void Raw_NestedTooDeeplyForOurReaders_BecomesAString()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        var view = View($$"""{ "deep": {{deep}}, "flat": [1, 2] }""");

        Assert.Equal(deep, JsonSerializer.Deserialize<string>(view["deep"].Raw()!));
        Assert.Equal("[1, 2]", view["flat"].Raw());
    }

    [Theory]
    [InlineData("2026-03-10T15:30:00Z", "2026-03-10T15:30:00.0000000+00:00")]
    [InlineData("2026-03-10T15:30:00.123456+00:00", "2026-03-10T15:30:00.1234560+00:00")]
    [InlineData("2026-03-10T15:30:00.123456789Z", "2026-03-10T15:30:00.1234567+00:00")]
    [InlineData("2026-03-10T17:30:00+02:00", "2026-03-10T15:30:00.0000000+00:00")]
    [InlineData("2026-03-10 15:30:00", "2026-03-10T15:30:00.0000000+00:00")]
    [InlineData("2026-03-10T15:30:00", "2026-03-10T15:30:00.0000000+00:00")]
    [InlineData("2026-11-28 06:30:40 UTC", "2026-11-28T06:30:40.0000000+00:00")]
    [InlineData("2026-11-28t06:30:40.5z", "2026-11-28T06:30:40.5000000+00:00")]
    [InlineData("1730204346000", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("1730204346000.25", "2024-10-29T12:19:06.0002500+00:00")]
    [InlineData("2026-11-28 06:30:43.123 +0000 UTC", "2026-11-28T06:30:43.1230000+00:00")]
    [InlineData("2026-11-28 08:30:43.123456789 +0200 CEST m=+0.000000001", "2026-11-28T06:30:43.1234567+00:00")]
    [InlineData("2026-11-28T06:30:43,5Z", "2026-11-28T06:30:43.5000000+00:00")]
    [InlineData("2026-11-28T08:30:43 +02:00", "2026-11-28T06:30:43.0000000+00:00")]
    [InlineData("2026-11-28 06:30:43+00", "2026-11-28T06:30:43.0000000+00:00")]
    [InlineData("2026-11-28T06:30Z", "2026-11-28T06:30:00.0000000+00:00")]
    [InlineData("Sat, 28 Nov 2026 06:30:43 GMT", "2026-11-28T06:30:43.0000000+00:00")]
    [InlineData("Sat, 28 Nov 2026 08:30:43 +0200", "2026-11-28T06:30:43.0000000+00:00")]
    [InlineData("2026-11-28 06:30:43 CET", null)]
    [InlineData("1730204346", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("1730204346.5", "2024-10-29T12:19:06.5000000+00:00")]
    [InlineData("1730204346000000", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("1730204346000000000", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("0001-01-01T00:00:00+14:00", null)]
    [InlineData("0001-01-01T00:00:00Z", null)]
    [InlineData("1999-12-31T23:59:59Z", null)]
    [InlineData("0", null)]
    [InlineData("2026-02-30T00:00:00Z", null)]
    [InlineData("March 10", null)]
    [InlineData("5", null)]
    public void Time_IsReadAsUtc(string text, string? expected) =>
        Assert.Equal(expected, View($$"""{ "t": "{{text}}" }""")["t"].Time()?.ToString("O"));

    [Theory]
    [InlineData("1730204346000", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("9223372036854775807", "2262-04-11T23:47:16.8547758+00:00")]
    [InlineData("-9223372036854775808", null)]
    [InlineData("1730204346000.0", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("1.730204346e12", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("1730204346", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("1730204346000000", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("1730204346000000000", "2024-10-29T12:19:06.0000000+00:00")]
    [InlineData("99999999999999999999999999", null)]
    [InlineData("1e300", null)]
    [InlineData("0", null)]
    public void Time_Since1970_IsReadIfItIsSensible(string json, string? expected) =>
        Assert.Equal(expected, View($$"""{ "t": {{json}} }""")["t"].Time()?.ToString("O"));

    [Theory]
    [InlineData("\"run-1\"", "run-1")]
    [InlineData("\" run-1\\n\"", "run-1")]
    [InlineData("\"  \"", null)]
    [InlineData("70403117937023", "70403117937023")]
    [InlineData("92233720368547758070123", "92233720368547758070123")]
    [InlineData("1.0", null)]
    [InlineData("1e3", null)]
    [InlineData("\"\"", null)]
    [InlineData("true", null)]
    public void Id_IsTextOrTheDigitsAsSent(string json, string? expected)
    {
        var view = View($$"""{ "id": {{json}} }""")["id"];

        Assert.Equal((expected, expected is not null), (view.Id(), expected is not null && view.IsId(expected)));
    }

    private static JsonView View(string json) => new(JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = JsonView.MaxDepth }));
}
