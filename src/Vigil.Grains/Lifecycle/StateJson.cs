using System.Text.Json.Serialization;

namespace Vigil.Grains.Lifecycle;

/// <summary>How stored state looks as JSON: names and enum values in snake_case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(SnakeCaseEnumConverter<ExecutionStatus>), typeof(SnakeCaseEnumConverter<StepStatus>), typeof(SnakeCaseEnumConverter<SubmissionPhase>),
        typeof(PendingWorkConverter)])]
[JsonSerializable(typeof(ExecutionState))]
internal sealed partial class StateJson : JsonSerializerContext;
