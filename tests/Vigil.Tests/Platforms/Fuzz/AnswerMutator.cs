using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Vigil.Tests.Platforms.Fuzz;

/// <summary>Spoils valid answers in the ways in which the world does, and in some that it does not.</summary>
internal sealed class AnswerMutator(Random random, IReadOnlyList<string> valid, IReadOnlyList<string> foreign)
{
    private const string Raw = "@raw@";

    private static readonly string[] Numbers = ["1e999", "-1e999", "99999999999999999999999999", "-1", "0.1", "9007199254740993", "2147483648", "1e-999"];
    private static readonly string[] Values = ["null", "true", "\"\"", "\"text\"", "[]", "{}", "[null]", "7", "\"\\ud800\"", "\"a\\u0000b\"", "\"a\\u202eb\\u0007\\nc\"", "{\"status\":\"completed\"}"];
    private static readonly string[] Truncation = ["", " ", "null", "[]", "\"completed\"", "completed", "<html><body>completed</body></html>", "{", "{\"data\":null}", "7"];

    /// <summary>Makes one spoilt answer.</summary>
    public Mutation Next()
    {
        var text = Pick(valid);
        return random.Next(100) switch
        {
            < 20 => Text("member removed", Change(text, Remove)),
            < 45 => Text("value replaced", Change(text, node => Replace(node, Pick(Values)))),
            < 55 => Text("number replaced", Change(text, node => Replace(node, Pick(Numbers)))),
            < 60 => Text("deep nesting", Change(text, node => Replace(node, Nested(Pick([40, 70, 200, 300, 5_000]))))),
            < 64 => Text("long array", Change(text, Multiply, most: 1)),
            < 68 => Text("duplicate status", Duplicate(text)),
            < 74 => Text("truncated", text[..random.Next(text.Length)]),
            < 82 => new Mutation("bytes flipped", Flip(Encoding.UTF8.GetBytes(text))),
            < 86 => new Mutation("truncated gzip", Gzip(text), "gzip", Encoding.UTF8.GetBytes(text)),
            < 88 => new Mutation("not gzip at all", Encoding.UTF8.GetBytes(text), Pick(["gzip", "br", "deflate", "zstd", "gzip, gzip, gzip"])),
            < 95 => Text("another platform's answer", Pick(foreign)),
            _ => Text("another body", Pick(Truncation)),
        };
    }

    private static Mutation Text(string what, string text) => new(what, Encoding.UTF8.GetBytes(text));

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private string Change(string text, Action<JsonNode> change, int most = 3)
    {
        var root = JsonNode.Parse(text)!;
        var nodes = Below(root).ToList();
        for (var times = random.Next(1, most + 1); times > 0 && nodes.Count > 0; times--)
        {
            var node = Pick(nodes);
            if (node.Parent is not null)
            {
                change(node);
            }
        }

        return root.ToJsonString().Replace($"\"{Raw}", "", StringComparison.Ordinal).Replace($"{Raw}\"", "", StringComparison.Ordinal)
            .Replace("\\u0022", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> Below(JsonNode node) => node switch
    {
        JsonObject o => o.Where(pair => pair.Value is not null).SelectMany(pair => Below(pair.Value!).Prepend(pair.Value!)),
        JsonArray a => a.Where(item => item is not null).SelectMany(item => Below(item!).Prepend(item!)),
        _ => [],
    };

    private static void Remove(JsonNode node)
    {
        if (node.Parent is JsonObject parent)
        {
            parent.Remove(node.GetPropertyName());
        }
        else if (node.Parent is JsonArray array)
        {
            array.Remove(node);
        }
    }

    // JSON that a JsonNode cannot hold, such as 1e999, stands in for itself as a string and is freed of its quotes afterwards.
    private static void Replace(JsonNode node, string json) => node.ReplaceWith(JsonValue.Create($"{Raw}{json}{Raw}"));

    private static void Multiply(JsonNode node)
    {
        var items = Enumerable.Range(0, Math.Max(2, 200_000 / node.ToJsonString().Length)).Select(_ => node.DeepClone()).ToArray<JsonNode?>();
        node.ReplaceWith(new JsonArray(items));
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private string Duplicate(string text)
    {
        var word = Pick(["\"completed\"", "\"running\"", "null", "7", "\"Completed\"", "\"FAILED\""]);
        var name = Pick(["status", "result"]);
        var brace = text.LastIndexOf('}');
        return $"{text[..brace]}, \"{name}\": {word} {text[brace..]}";
    }

    private byte[] Flip(byte[] bytes)
    {
        for (var times = random.Next(1, 20); times > 0; times--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private byte[] Gzip(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        var bytes = compressed.ToArray();
        return bytes[..random.Next(bytes.Length)];
    }
}

/// <summary>A spoilt body.</summary>
/// <param name="What">What was done to it.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Encoding">What the answer says that it is compressed with.</param>
/// <param name="Inflated">What it says when inflated, where it is compressed: a stream that lacks only its checksum is still read.</param>
internal sealed record Mutation(string What, byte[] Body, string? Encoding = null, byte[]? Inflated = null);
