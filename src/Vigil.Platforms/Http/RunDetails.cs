namespace Vigil.Platforms;

/// <summary>The members of a platform's answer that Vigil's model has no place for, each with its name in snake_case and how it is read as JSON text.</summary>
/// <param name="members">The members.</param>
public sealed class RunDetails(params (string Name, Func<JsonView, string?> Read)[] members)
{
    // For the list of what was omitted, whose names are the members' own.
    private const int ReservedBytes = 1024;

    /// <summary>Gets the table without members.</summary>
    public static RunDetails None { get; } = new();

    /// <summary>Gets the names of the members.</summary>
    internal IEnumerable<string> Names => members.Select(member => member.Name);

    /// <summary>Returns a time as JSON text; null if it is null.</summary>
    public static string? Time(DateTimeOffset? time) => time is { } known ? $"\"{known:yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'}\"" : null;

    /// <summary>
    /// Returns the text of an object with the members that have a value; null if there are none. Members that do not fit are omitted and named in its member
    /// <c>truncated</c>.
    /// </summary>
    internal string? Read(JsonView body, int maxBytes)
    {
        var text = new StringBuilder("{");
        var left = maxBytes - ReservedBytes;
        var truncated = new List<string>();
        foreach (var (name, read) in members)
        {
            if (read(body) is not { } value)
            {
                continue;
            }

            var bytes = Encoding.UTF8.GetByteCount(value) + name.Length + 4;
            if (bytes > left)
            {
                truncated.Add(name);
                continue;
            }

            left -= bytes;
            Append(text, name, value);
        }

        if (truncated.Count > 0)
        {
            Append(text, "truncated", $"[{string.Join(',', truncated.Select(name => $"\"{name}\""))}]");
        }

        return text.Length == 1 ? null : text.Append('}').ToString();
    }

    private static void Append(StringBuilder text, string name, string value) =>
        text.Append(text.Length == 1 ? "" : ",").Append('"').Append(name).Append("\":").Append(value);
}
