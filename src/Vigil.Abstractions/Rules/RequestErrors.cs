namespace Vigil;

/// <summary>Validates the fields of a request and collects the errors.</summary>
internal sealed class RequestErrors
{
    private readonly ImmutableArray<FieldError>.Builder _errors = ImmutableArray.CreateBuilder<FieldError>();

    public ImmutableArray<FieldError> All => _errors.ToImmutable();

    public void Add(string field, string message) => _errors.Add(new(field, message));

    public void CheckCommon(string? connection, ImmutableDictionary<string, string>? metadata, TimeSpan deadline, ImmutableArray<string> subscribers)
    {
        CheckText("connection", connection, RequestLimits.MaxConnectionLength);
        CheckMetadata(metadata ?? ImmutableDictionary<string, string>.Empty);
        if (deadline < RequestLimits.MinDeadline || deadline > RequestLimits.MaxDeadline)
        {
            Add("deadline_seconds", $"must be from {RequestLimits.MinDeadline.TotalSeconds:0} to {RequestLimits.MaxDeadline.TotalSeconds:0}.");
        }

        if (subscribers.Length > RequestLimits.MaxSubscribers)
        {
            Add("subscribers", $"has {subscribers.Length} entries; at most {RequestLimits.MaxSubscribers} are allowed.");
        }
    }

    public void CheckTarget(ExecutionTarget target)
    {
        CheckText("target.kind", target.Kind, RequestLimits.MaxTargetKindLength);
        CheckText("target.id", target.Id, RequestLimits.MaxRemoteIdLength);
        if (target.Version is { } version)
        {
            CheckText("target.version", version, RequestLimits.MaxRemoteIdLength);
        }
    }

    public void CheckText(string field, string? text, int maxLength, int minLength = 1)
    {
        if (text is null || text.Length < minLength || text.Length > maxLength || !IsPlain(text))
        {
            Add(field, minLength == 0
                ? $"must be at most {maxLength} characters without control characters."
                : $"must be {minLength} to {maxLength} characters without control characters.");
        }
    }

    public JsonElement? ParseObject(string field, string? text, int maxBytes, bool allowDuplicates = true)
    {
        if (text is null)
        {
            return null;
        }

        if (RequestLimits.IsTooLong(text, maxBytes))
        {
            Add(field, $"is longer than {maxBytes} bytes.");
            return null;
        }

        try
        {
            var element = JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = allowDuplicates });
            if (element.ValueKind == JsonValueKind.Object)
            {
                return element;
            }

            Add(field, "must be a JSON object, not an array or a single value.");
        }
        catch (JsonException)
        {
            Add(field, "must be a JSON object.");
        }

        return null;
    }

    /// <summary>Checks the options as far as they do not depend on the platform. A name that occurs twice would be checked once and sent twice.</summary>
    public void CheckOptions(string? options)
    {
        if (ParseObject("options", options, RequestLimits.MaxOptionsBytes, allowDuplicates: false) is not { } element)
        {
            return;
        }

        try
        {
            using var writer = new Utf8JsonWriter(Stream.Null);
            element.WriteTo(writer);
        }
        catch (InvalidOperationException)
        {
            Add("options", "must contain only valid Unicode; a string has an unpaired surrogate.");
        }
    }

    private void CheckMetadata(ImmutableDictionary<string, string> metadata)
    {
        if (metadata.Count > RequestLimits.MaxMetadataPairs)
        {
            Add("metadata", $"has {metadata.Count} pairs; at most {RequestLimits.MaxMetadataPairs} are allowed.");
            return;
        }

        foreach (var (name, value) in metadata)
        {
            CheckText($"metadata.{name}", name, RequestLimits.MaxMetadataKeyLength);
            if (value is null || value.Length > RequestLimits.MaxMetadataValueLength || HasLoneSurrogate(value))
            {
                Add($"metadata.{name}", $"must be at most {RequestLimits.MaxMetadataValueLength} characters of valid Unicode.");
            }
        }
    }

    private static bool IsPlain(string text) => !text.Any(char.IsControl) && !HasLoneSurrogate(text);

    // A lone surrogate cannot be encoded as UTF-8, so it cannot be stored, hashed or sent.
    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
