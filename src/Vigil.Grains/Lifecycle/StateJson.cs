using System.Text.Json.Serialization;
using Vigil.Grains.Connections;
using Vigil.Grains.Steps;

namespace Vigil.Grains.Lifecycle;

/// <summary>
/// The JSON form of stored state: names and enum values in snake_case, nulls left out. Stored rows outlive versions, so members may be added but never
/// change their meaning, and those that this version does not know are kept.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(ExecutionStateConverter), typeof(PendingWorkConverter), typeof(SnakeCaseEnumConverter<ExecutionStatus>),
        typeof(SnakeCaseEnumConverter<StepStatus>), typeof(SnakeCaseEnumConverter<SubmissionPhase>)])]
[JsonSerializable(typeof(ExecutionState))]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(ConnectionRecord))]
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
