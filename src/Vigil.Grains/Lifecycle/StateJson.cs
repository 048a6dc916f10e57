using System.Text.Json.Serialization;

namespace Vigil.Grains.Lifecycle;

/// <summary>How stored state looks as JSON: names and enum values in snake_case, nulls left out, members that this version does not know kept.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(ExecutionStateConverter), typeof(PendingWorkConverter), typeof(SnakeCaseEnumConverter<ExecutionStatus>),
        typeof(SnakeCaseEnumConverter<StepStatus>), typeof(SnakeCaseEnumConverter<SubmissionPhase>)])]
[JsonSerializable(typeof(ExecutionState))]
internal sealed partial class StateJson : JsonSerializerContext
{
    private static readonly Lazy<StateJson> LazyKnown = new(WithoutUnknownMembers);

    /// <summary>Gets the same without the converter that keeps unknown members: what that converter itself reads and writes with.</summary>
    public static StateJson Known => LazyKnown.Value;

    private static StateJson WithoutUnknownMembers()
    {
        var options = new JsonSerializerOptions(Default.Options);
        options.Converters.Remove(options.Converters.First(converter => converter is ExecutionStateConverter));
        return new(options);
    }
}
