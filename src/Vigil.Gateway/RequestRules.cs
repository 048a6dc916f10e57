using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vigil.Gateway;

/// <summary>The limits on what callers send, the same for every platform, each in one place.</summary>
internal static partial class RequestRules
{
    public const int MaxBodyBytes = 1024 * 1024;
    public const int MaxMetadataPairs = 50;
    public const int MaxMetadataKey = 64;
    public const int MaxMetadataValue = 1024;
    public const int MaxTargetId = 255;
    public const int MaxReason = 500;
    public const int MaxPageSize = 500;

    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromHours(24);
    public static readonly TimeSpan MinDeadline = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(30);
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    public const string IdShape = "must be 1 to 200 characters of A-Z a-z 0-9 . _ : -";

    /// <summary>Tells whether a text can be an execution's id.</summary>
    public static bool IsId(string id) => IdPattern().IsMatch(id);

    public static ImmutableArray<FieldError> Check(StartRequest request)
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        CheckCommon(errors, request.Connection, request.Key, request.Metadata, request.Deadline);
        CheckText(errors, "target.kind", request.Target.Kind, 64);
        CheckText(errors, "target.id", request.Target.Id, MaxTargetId);
        if (request.Target.Version is { } version)
        {
            CheckText(errors, "target.version", version, MaxTargetId);
        }

        CheckInput(errors, request.Input);
        return errors.ToImmutable();
    }

    public static ImmutableArray<FieldError> Check(AdoptRequest request)
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        CheckCommon(errors, request.Connection, request.Key, request.Metadata, request.Deadline);
        CheckText(errors, "remote_id", request.RemoteId, MaxTargetId);
        return errors.ToImmutable();
    }

    private static void CheckCommon(
        ImmutableArray<FieldError>.Builder errors, string connection, string? key, ImmutableDictionary<string, string> metadata, TimeSpan deadline)
    {
        CheckText(errors, "connection", connection, 64);
        if (key is not null && !IsId(key))
        {
            errors.Add(new("key", IdShape + "."));
        }

        if (metadata.Count > MaxMetadataPairs)
        {
            errors.Add(new("metadata", $"has {metadata.Count} pairs; at most {MaxMetadataPairs} are allowed."));
        }

        foreach (var (name, value) in metadata)
        {
            CheckText(errors, $"metadata.{name}", name, MaxMetadataKey);
            if (value.Length > MaxMetadataValue)
            {
                errors.Add(new($"metadata.{name}", $"has {value.Length} characters; at most {MaxMetadataValue} are allowed."));
            }
        }

        if (deadline < MinDeadline || deadline > MaxDeadline)
        {
            errors.Add(new("deadline_seconds", $"must be from {MinDeadline.TotalSeconds:0} to {MaxDeadline.TotalSeconds:0}."));
        }
    }

    private static void CheckText(ImmutableArray<FieldError>.Builder errors, string field, string text, int max)
    {
        if (text.Length == 0 || text.Length > max || text.Any(char.IsControl))
        {
            errors.Add(new(field, $"must be 1 to {max} characters without control characters."));
        }
    }

    private static void CheckInput(ImmutableArray<FieldError>.Builder errors, string? input)
    {
        if (input is null)
        {
            return;
        }

        if (Encoding.UTF8.GetByteCount(input) > MaxBodyBytes)
        {
            errors.Add(new("input", $"is longer than {MaxBodyBytes} bytes."));
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(input);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                errors.Add(new("input", "must be a JSON object."));
            }
        }
        catch (JsonException)
        {
            errors.Add(new("input", "must be a JSON object."));
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._:-]{1,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();
}
