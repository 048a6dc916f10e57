using System.Text.Json.Serialization;

namespace Vigil.Client;

/// <summary>What became of adopting several runs.</summary>
/// <param name="Items">The runs, in the order of the request or of the platform's list.</param>
/// <param name="NextCursor">Where the platform's list goes on; null if it does not, or if the runs were named.</param>
public sealed record AdoptedRunList(ImmutableArray<AdoptedRun> Items, [property: JsonPropertyName("next_cursor")] string? NextCursor)
{
    /// <summary>Gets the runs, in the order of the request or of the platform's list.</summary>
    [JsonPropertyName("items")] public ImmutableArray<AdoptedRun> Items { get => field.IsDefault ? [] : field; init; } = Items;
}

/// <summary>What became of adopting one run.</summary>
/// <param name="RemoteId">The platform's id of the run.</param>
/// <param name="Execution">The id of the execution that watches it; null if it could not be adopted.</param>
/// <param name="Created">False if it was watched already.</param>
/// <param name="Error">Why it could not be adopted.</param>
public sealed record AdoptedRun(
    [property: JsonPropertyName("remote_id")] string RemoteId,
    [property: JsonPropertyName("execution")] string? Execution,
    [property: JsonPropertyName("created")] bool Created,
    [property: JsonPropertyName("error")] AdoptError? Error = null);

/// <summary>Why a run could not be adopted.</summary>
/// <param name="Code">A code in snake_case, as in a problem document.</param>
/// <param name="Message">What went wrong.</param>
public sealed record AdoptError([property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);
