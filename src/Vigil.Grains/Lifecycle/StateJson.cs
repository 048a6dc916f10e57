using System.Text.Json.Serialization;
using Vigil.Grains.Connections;
using Vigil.Grains.Steps;

namespace Vigil.Grains.Lifecycle;

/// <summary>
/// The JSON form of stored state: names and enum values in snake_case, nulls omitted. Rows outlive versions of Vigil, so members may be added but must never
/// change their meaning, and unknown members are preserved.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ExecutionStateConverter)])]
[JsonSerializable(typeof(ExecutionState))]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(ConnectionRecord))]
internal sealed partial class StateJson : JsonSerializerContext
{
    private static readonly Lazy<StateJson> LazyKnown = new(WithoutUnknownMembers);

    /// <summary>Gets the same without the converter that preserves unknown members, for use by that converter itself.</summary>
    public static StateJson Known => LazyKnown.Value;

    private static StateJson WithoutUnknownMembers()
    {
        var options = new JsonSerializerOptions(Default.Options);
        options.Converters.Remove(options.Converters.First(converter => converter is ExecutionStateConverter));
        return new(options);
    }
}
