namespace Vigil.Platforms.Cognite;

/// <summary>The platform's limits on a start.</summary>
internal static class StartLimits
{
    private const int MaxExternalId = 255;
    private const int MaxInputBytes = 100 * 1024;
    private const int MaxMetadata = 10;
    private const int MaxKey = 32;
    private const int MaxValue = 255;

    public static void Check(StartExecution request, ICollection<FieldError> errors)
    {
        CheckExternalId("target.id", request.Target.Id, errors);
        CheckExternalId("target.version", request.Target.Version ?? "", errors);
        errors.AddIf(
            request.Input is { } input && Encoding.UTF8.GetByteCount(input) > MaxInputBytes,
            "input",
            () => $"must have at most {MaxInputBytes} bytes, the platform's limit.");
        CheckMetadata(request, errors);
    }

    private static void CheckExternalId(string field, string id, ICollection<FieldError> errors) => errors.AddIf(
        id.Length is 0 or > MaxExternalId || id.Trim().Length != id.Length || id.Contains('\0', StringComparison.Ordinal),
        field,
        () => $"must have 1 to {MaxExternalId} characters, without spaces at either end and without NUL.");

    private static void CheckMetadata(StartExecution request, ICollection<FieldError> errors)
    {
        // One pair is reserved for the marker.
        errors.AddIf(
            request.Metadata.Count > MaxMetadata - 1,
            "metadata",
            () => $"must have at most {MaxMetadata - 1} pairs: the platform allows {MaxMetadata}, and Vigil adds one.");
        foreach (var (key, value) in request.Metadata)
        {
            if (key == RunInput.Marker)
            {
                errors.Add(new($"metadata.{key}", "must be omitted: Vigil marks its own starts with this key."));
            }
            else if (key.Length is 0 or > MaxKey)
            {
                errors.Add(new($"metadata.{key}", $"must have a key of 1 to {MaxKey} characters."));
            }

            if (value.Length > MaxValue)
            {
                errors.Add(new($"metadata.{key}", $"must have at most {MaxValue} characters."));
            }
        }
    }
}
