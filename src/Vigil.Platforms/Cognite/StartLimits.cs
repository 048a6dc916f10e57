namespace Vigil.Platforms.Cognite;

/// <summary>The platform's limits on a start.</summary>
internal static class StartLimits
{
    private const int MaxExternalId = 255;
    private const int MaxInputBytes = 100 * 1024;
    private const int MaxMetadata = 10;
    private const int MaxKey = 32;
    private const int MaxValue = 255;
    private const string Metadata = "metadata";

    public static StartOptions Options { get; } = new(new StartOption(
        Metadata,
        "an object of strings",
        value => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(pair => pair.Value.ValueKind == JsonValueKind.String),
        "The run's metadata: added to the execution's own, which it overrides."));

    public static void Check(StartExecution request, ICollection<FieldError> errors)
    {
        CheckExternalId("target.id", request.Target.Id, errors);
        errors.AddIf(request.Target.Version is null, "target.version", () => "is required on platform 'cognite'.");
        CheckExternalId("target.version", request.Target.Version ?? "1", errors);
        errors.AddIf(
            request.Input is { } input && Encoding.UTF8.GetByteCount(input) > MaxInputBytes,
            "input",
            () => $"must have at most {MaxInputBytes} bytes, the platform's limit.");
        CheckMetadata(request, errors);
    }

    /// <summary>Returns the run's metadata without Vigil's marker: the execution's, and that of the options, which wins.</summary>
    public static ImmutableDictionary<string, string> MetadataOf(ImmutableDictionary<string, string> labels, string? options) =>
        new GivenOptions(options)[Metadata] is { ValueKind: JsonValueKind.Object } metadata
            ? labels.SetItems(metadata.EnumerateObject().Where(pair => pair.Value.ValueKind == JsonValueKind.String)
                .Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)))
            : labels;

    private static void CheckExternalId(string field, string id, ICollection<FieldError> errors) => errors.AddIf(
        id.Length is 0 or > MaxExternalId || id.Trim().Length != id.Length || id.Contains('\0', StringComparison.Ordinal),
        field,
        () => $"must have 1 to {MaxExternalId} characters, without spaces at either end and without NUL.");

    private static void CheckMetadata(StartExecution request, ICollection<FieldError> errors)
    {
        var given = MetadataOf(ImmutableDictionary<string, string>.Empty, request.Options);

        // One pair is reserved for the marker.
        errors.AddIf(
            MetadataOf(request.Metadata, request.Options).Count > MaxMetadata - 1,
            given.IsEmpty ? Metadata : $"options.{Metadata}",
            () => $"must have at most {MaxMetadata - 1} pairs: the platform allows {MaxMetadata}, and Vigil adds one.");
        CheckPairs(Metadata, request.Metadata, errors);
        CheckPairs($"options.{Metadata}", given, errors);
    }

    private static void CheckPairs(string field, ImmutableDictionary<string, string> pairs, ICollection<FieldError> errors)
    {
        foreach (var (key, value) in pairs)
        {
            if (key == RunInput.Marker)
            {
                errors.Add(new($"{field}.{key}", "must be omitted: Vigil marks its own starts with this key."));
            }
            else if (key.Length is 0 or > MaxKey)
            {
                errors.Add(new($"{field}.{key}", $"must have a key of 1 to {MaxKey} characters."));
            }

            if (value.Length > MaxValue)
            {
                errors.Add(new($"{field}.{key}", $"must have at most {MaxValue} characters."));
            }
        }
    }
}
