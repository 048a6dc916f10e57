using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>A file that an execution wrote. Vigil does not store its content; it is streamed from the platform on download.</summary>
/// <param name="Id">Vigil's id of the file, safe in a URL, unique within the execution.</param>
/// <param name="Name">The file's name on the platform, without a path.</param>
/// <param name="Path">The file's path on the platform, used to download it.</param>
/// <param name="SizeBytes">Its size in bytes, if the platform reports it.</param>
/// <param name="StepId">The step that wrote it.</param>
/// <param name="CreatedAt">When it was written.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionFile")]
public sealed record ExecutionFile(
    [property: Id(0), JsonPropertyName("id")] string Id,
    [property: Id(1), JsonPropertyName("name")] string Name,
    [property: Id(2), JsonPropertyName("path")] string Path,
    [property: Id(3), JsonPropertyName("size_bytes")] long? SizeBytes,
    [property: Id(4), JsonPropertyName("step_id")] string? StepId,
    [property: Id(5), JsonPropertyName("created_at")] DateTimeOffset? CreatedAt);
