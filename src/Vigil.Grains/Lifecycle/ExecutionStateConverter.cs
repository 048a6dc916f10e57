using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Grains.Lifecycle;

/// <summary>
/// Preserves members that were written by a later version of Vigil, at any depth, so that a rolling upgrade loses nothing. In memory they are a single
/// string, because Orleans can neither copy nor serialize JSON elements.
/// </summary>
internal sealed class ExecutionStateConverter : JsonConverter<ExecutionState>
{
    private static JsonTypeInfo<ExecutionState> Known => StateJson.Known.ExecutionState;

    public override ExecutionState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var state = document.RootElement.Deserialize(Known) ?? throw new JsonException("A state must be an object.");
        return state with { UnknownMembers = UnknownMembers.Of(document.RootElement, Known)?.ToJsonString() };
    }

    public override void Write(Utf8JsonWriter writer, ExecutionState value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.UnknownMembers is null)
        {
            JsonSerializer.Serialize(writer, value, Known);
            return;
        }

        var json = JsonSerializer.SerializeToNode(value, Known);
        UnknownMembers.Restore(json, JsonNode.Parse(value.UnknownMembers), Known);
        json!.WriteTo(writer);
    }
}
