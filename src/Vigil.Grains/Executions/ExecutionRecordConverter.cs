using System.Text.Json.Serialization;

namespace Vigil.Grains.Executions;

/// <summary>Reads an execution's record from its state's own JSON, and writes it so.</summary>
internal sealed class ExecutionRecordConverter : JsonConverter<ExecutionRecord>
{
    public override ExecutionRecord Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new() { State = JsonSerializer.Deserialize(ref reader, StateJson.Default.ExecutionState) };

    public override void Write(Utf8JsonWriter writer, ExecutionRecord value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.State!, StateJson.Default.ExecutionState!);
}
