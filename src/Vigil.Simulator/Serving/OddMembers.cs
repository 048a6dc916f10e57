using System.Text.Json.Nodes;

namespace Vigil.Simulator;

/// <summary>Replaces members of runs in correct bodies by any text, which need not be JSON.</summary>
internal static class OddMembers
{
    private const string Mark = "@odd@";

    /// <summary>Replaces the rule's members in each object that has the id of the rule's run or, if it names none, of one of these.</summary>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body, FaultRule rule, IReadOnlyCollection<string> runs)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(body.Span);
        }
        catch (JsonException)
        {
            // A body that is not JSON has no members.
            return body;
        }

        var names = rule.Members.Keys.Order(StringComparer.Ordinal).ToList();
        foreach (var run in Objects(root).Where(candidate => candidate.Any(member => IsId(member.Value, rule, runs))).ToList())
        {
            foreach (var (index, name) in names.Index())
            {
                run[name] = $"{Mark}{index}{Mark}";
            }
        }

        var text = root?.ToJsonString(SimulatorJson.Wire) ?? "";
        foreach (var (index, name) in names.Index())
        {
            text = text.Replace($"\"{Mark}{index}{Mark}\"", FaultyResponses.Filled(rule.Members[name], rule), StringComparison.Ordinal);
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static bool IsId(JsonNode? value, FaultRule rule, IReadOnlyCollection<string> runs) =>
        value.Text() is { } text && (rule.RunId is { } id ? text == id : runs.Contains(text));

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(member => Objects(member.Value)).Append(o),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };
}
