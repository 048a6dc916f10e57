using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Grains.Lifecycle;

/// <summary>
/// Reads and writes a state together with the members that a later version of Vigil gave it, at any depth, so that a rolling upgrade erases
/// nothing. In memory they are one text: neither copiers nor the wire know JSON elements.
/// </summary>
internal sealed class ExecutionStateConverter : JsonConverter<ExecutionState>
{
    private static JsonTypeInfo<ExecutionState> Known => StateJson.Known.ExecutionState;

    /// <inheritdoc />
    public override ExecutionState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var state = document.RootElement.Deserialize(Known) ?? throw new JsonException("A state must be an object.");
        return state with { UnknownMembers = UnknownMembers.Of(document.RootElement, Known)?.ToJsonString() };
    }

    /// <inheritdoc />
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
