namespace Vigil;

/// <summary>A file that an execution wrote. Vigil does not copy it: its bytes are read from the platform when it is opened.</summary>
/// <param name="Id">Vigil's id of the file, safe in a URL, unique within the execution.</param>
/// <param name="Name">The file's name as the platform gives it; never a path.</param>
/// <param name="Path">The platform's path of the file, used to download it.</param>
/// <param name="SizeBytes">Its size in bytes, if the platform reports it.</param>
/// <param name="StepId">The step that wrote it.</param>
/// <param name="CreatedAt">When it was written.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionFile")]
public sealed record ExecutionFile(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Path,
    [property: Id(3)] long? SizeBytes,
    [property: Id(4)] string? StepId,
    [property: Id(5)] DateTimeOffset? CreatedAt);
