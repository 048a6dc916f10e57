using Vigil.Platforms;
using Vigil.Tests.Platforms.Support;
using Xunit.Abstractions;

namespace Vigil.Tests.Platforms.Http;

public sealed class JsonRepairTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("""{"a":NaN,"b":-Infinity,"c":[Infinity,01,1.,None],"d":1}""", """{"a":"NaN","b":"-Infinity","c":["Infinity","01","1.","None"],"d":1}""")]
    [InlineData("{\"a\":\"x\ny\t\u0001\",\"b\":2}", """{"a":"x\u000ay\u0009\u0001","b":2}""")]
    [InlineData("""{"a":[1,2,],"b":{"c":3,},}""", """{"a":[1,2 ],"b":{"c":3 } }""")]
    [InlineData("""{,"a":[,1,,2],"b":,"c":}""", """{"a":[1,2],"b":"","c":""}""")]
    [InlineData("""{"a":"C:\path \u12 \ud83d\ude00","b":"\\\""}""", """{"a":"C:\\path \\u12 \ud83d\ude00","b":"\\\""}""")]
    [InlineData("""{"a":tr\ue}""", """{"a":"tr?ue"}""")]
    [InlineData("""{'a':'x "y" \'z\' é','b':"it's"}""", """{"a":"x \"y\" 'z' é","b":"it's"}""")]
    [InlineData("""{"a":None,"b":True,"c":undefined,"d":1}""", """{"a":"None","b":"True","c":"undefined","d":1}""")]
    [InlineData("""{"a":ObjectId("x,}"),"b":new Date(1),"c":[f('(', [2]) , 3],"d":1 2,"e":01/02}""", """{"a":"ObjectId","b":"new" ,"c":["f", 3],"d":"1 ","e":"01"}""")]
    [InlineData("""{a:1,$b_2 : {c-d:true}}""", """{"a":1,"$b_2" : {"c-d":true}}""")]
    [InlineData("{// one, \"{\n\"a\":/* two */1,/***/\"b\"/**/:2//\n}", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"a":1}{"a":2}""", """{"a":1}""")]
    [InlineData("\0{\0\"a\":1\0}\0\0 // the end", """{"a":1}""")]
    public void WhatJsonForbids_CostsNothingElse(string text, string expected) => Assert.Equal(expected, TextOf(Repaired(text)));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("[1]")]
    [InlineData("<html></html>")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1]""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{"a":1 "b":2}""")]
    [InlineData("""{"a":1 b:2}""")]
    [InlineData("""{"a":x y "b":2}""")]
    [InlineData("""{a b:1}""")]
    [InlineData("""{"a":/1}""")]
    [InlineData("""{"a":f(1}""")]
    [InlineData("""{"a":1 /* }""")]
    [InlineData("""{'a":1}""")]
    [InlineData("""{"a":"x}""")]
    public void WhatHasNoStructure_IsBeyondRepair(string text) => Assert.Null(Repair(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void InvalidUtf8_BecomesReplacementCharacters()
    {
        byte[] body = [.. "{\"a\":\"x"u8, 0xC3, (byte)'y', 0xFF, 0xE2, 0x82, 0xED, 0xA0, 0x80, 0xC3, 0xA9, .. "\"}"u8];

        Assert.Equal("{\"a\":\"x\uFFFDy\uFFFD\uFFFD\uFFFDé\"}", TextOf(Repair(body)));
    }

    [Fact]
    public void NestedTooDeeply_LosesOnlyTheDepth()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"x\":[", 2_000)) + string.Concat(Enumerable.Repeat("]}", 2_000));

        var view = View(Repaired($$"""{"deep":{{deep}},"status":"completed"}"""));

        Assert.Equal("completed", view["status"].Text());
        Assert.True(view["deep"].HasLoss);
    }

    [Theory]
    [InlineData("\"{0}\"")]
    [InlineData("[\"{0}\", 1]")]
    [InlineData("{{\"text\":\"{0}\"}}")]
    [InlineData("{{\"{0}\":1}}")]
    [InlineData("{0}")]
    public void ValueThatIsTooLong_IsCutAndTheOthersStay(string value)
    {
        var body = string.Format(CultureInfo.InvariantCulture, $"{{{{\"a\":{value},\"b\":{value},\"c\":{value},\"status\":\"completed\"}}}}", new string('é', 50_000));

        var mended = Repaired(body, maxBytes: 20_000);

        Assert.InRange(mended.Length, 1, 21_000);
        var view = View(mended);
        Assert.Equal(("completed", false), (view["status"].Text(), view["status"].HasLoss));
        Assert.All(["a", "b", "c"], name => Assert.True(view[name].HasLoss));
        JsonElement.Parse(view["a"].Raw()!);
    }

    [Fact]
    public void ManyItems_EndWhereTheRoomDoes()
    {
        var items = string.Join(", ", Enumerable.Range(0, 10_000).Select(i => $$"""{"id":"run-{{i}}"}"""));

        var view = View(Repaired($$"""{"items":[{{items}}],"next":"c"}""", maxBytes: 20_000));

        Assert.Equal((true, "c"), (view["items"].IsCut, view["next"].Text()));
        Assert.Equal("run-100", view["items"].Items().ElementAt(100)["id"].Text());
    }

    [Fact]
    public void WhatWasLost_IsSaidOfItsMemberOnly()
    {
        var view = View(Repaired("""{"run":NaN,"out":{"loss":NaN,"n":1},"plain":"NaN","list":[1,2,]}"""));

        Assert.Equal((null, null, null), (view["run"].Id(), view["run"].Text(), view["out"]["loss"].Number()));
        Assert.Equal((true, true, false, false), (view["run"].HasLoss, view["out"].HasLoss, view["out"]["n"].HasLoss, view["plain"].HasLoss));
        Assert.Equal(("NaN", false), (view["plain"].Text(), view["list"].HasLoss));
        Assert.Equal("""{"loss":"NaN","n":1}""", view["out"].Raw());
    }

    [Fact]
    public void StrictJson_PassesUnchanged_InPartsOfAnySize()
    {
        foreach (var (name, text) in Recorded.All().Where(recorded => recorded.Text.TrimStart().StartsWith('{')))
        {
            var bytes = Encoding.UTF8.GetBytes(text.TrimEnd());
            for (var size = 1; size <= 64; size *= 4)
            {
                Assert.True(bytes.AsSpan().SequenceEqual(Repair(bytes, size: size)!.Memory.Span), name);
            }
        }
    }

    /// <summary>More rounds: <c>VIGIL_FUZZ_COUNT</c>; the same rounds again: <c>VIGIL_FUZZ_SEED</c>.</summary>
    [Fact]
    public void AnyBytes_GiveStrictJsonOrNothing()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("VIGIL_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        var count = int.TryParse(Environment.GetEnvironmentVariable("VIGIL_FUZZ_COUNT"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 5_000;
        output.WriteLine($"{count} rounds, VIGIL_FUZZ_SEED={seed}");
        var texts = Recorded.All().Select(recorded => recorded.Text).ToList();
        string[] pieces = ["NaN", "\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "\0", "é", "\\u", "-", "'", "(", ")", "/*", "//", "new ", "1e", new('[', 300), new('x', 5_000)];
        for (var round = 0; round < count; round++)
        {
            var random = new Random(unchecked((seed * 31) + round));
            var text = texts[random.Next(texts.Count)];
            for (var times = random.Next(1, 6); times > 0; times--)
            {
                var at = random.Next(text.Length);
                text = text[..at] + pieces[random.Next(pieces.Length)] + text[Math.Min(text.Length, at + random.Next(3))..];
            }

            var body = Encoding.UTF8.GetBytes(text);
            body[random.Next(body.Length)] = (byte)random.Next(256);
            var maxBytes = random.Next(300, 20_000);
            if (Repair(body, maxBytes, random.Next(1, 2_000)) is { } mended)
            {
                Assert.InRange(mended.Length, 0, maxBytes + 1_000);
                Assert.Equal(TextOf(mended), TextOf(Repair(body, maxBytes)));
                var view = View(mended);
                JsonElement.Parse(view["result"].Raw() ?? "null");
                view["status"].Text();
            }
        }
    }

    private static MendedJson Repaired(string text, int maxBytes = 1_000_000)
    {
        var mended = Repair(Encoding.UTF8.GetBytes(text), maxBytes);
        Assert.NotNull(mended);
        return mended;
    }

    private static MendedJson? Repair(byte[] body, int maxBytes = 1_000_000, int size = int.MaxValue)
    {
        var repair = new JsonRepair(maxBytes);
        for (var at = 0; at < body.Length; at += Math.Min(size, body.Length))
        {
            if (!repair.Feed(body.AsSpan(at, Math.Min(size, body.Length - at))))
            {
                return null;
            }
        }

        return repair.Complete();
    }

    private static string TextOf(MendedJson? mended) => Encoding.UTF8.GetString(mended!.Memory.Span);

    private static JsonView View(MendedJson mended) => new(
        JsonDocument.Parse(mended.Memory, new JsonDocumentOptions { MaxDepth = JsonView.MaxDepth }).RootElement,
        new JsonOrigin(TimeSpan.Zero, DateTimeOffset.MaxValue.AddDays(-2), mended));
}
