using System.Text.Json.Serialization;
using Vigil.Grains.Lifecycle;

namespace Vigil.Grains.Executions;

/// <summary>Stores an execution's record as its state's own JSON: what a write tells beside the state is not stored in it.</summary>
internal sealed class ExecutionRecordConverter : JsonConverter<ExecutionRecord>
{
    public override ExecutionRecord Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new() { State = JsonSerializer.Deserialize(ref reader, StateJson.Default.ExecutionState) };

    public override void Write(Utf8JsonWriter writer, ExecutionRecord value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Row, StateJson.Default.ExecutionState!);
}
