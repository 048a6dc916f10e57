namespace Vigil.Tests.Platforms.Fuzz;

/// <summary>Reads the word for an end from a body without any adapter.</summary>
internal static class EndWords
{
    /// <summary>Tells whether the body's own <c>status</c>, or that of an item of its <c>items</c>, is a word, in any letter case and without spaces, <c>_</c> and <c>-</c>.</summary>
    public static bool AreIn(JsonElement body, params string[] words) => Statuses(body).Any(status => words.Contains(KeyOf(status), StringComparer.OrdinalIgnoreCase));

    private static string KeyOf(string status) => string.Concat(status.Where(c => c is not ('_' or '-') && !char.IsWhiteSpace(c)));

    private static IEnumerable<string> Statuses(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        JsonElement[] items = body.TryGetProperty("items", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
        return items.Append(body).Where(item => item.ValueKind == JsonValueKind.Object)
            .Select(item => item.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String ? Text(status) : null)
            .OfType<string>();
    }

    private static string? Text(JsonElement status)
    {
        try
        {
            return status.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a character, which JSON can spell, is in none of the words.
            return null;
        }
    }
}
