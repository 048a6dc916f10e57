using System.Text.Json.Serialization;
using Vigil.Grains.Connections;
using Vigil.Grains.Executions;
using Vigil.Grains.Steps;

namespace Vigil.Grains;

/// <summary>How grains' states look in the store. Stored rows outlive versions: members may be added, and never change their meaning.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SnakeCaseEnumConverter<StepStatus>)])]
[JsonSerializable(typeof(ExecutionRecord))]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(ConnectionRecord))]
internal sealed partial class GrainStateJson : JsonSerializerContext;
