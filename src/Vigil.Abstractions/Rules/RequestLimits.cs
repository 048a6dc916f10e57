using System.Diagnostics.CodeAnalysis;

namespace Vigil;

/// <summary>
/// All limits of a request. The execution's grain checks them on every call; a client can check earlier with the same methods
/// and gets the same messages. Errors use the field names of the HTTP API.
/// </summary>
public static class RequestLimits
{
    /// <summary>The longest id of an execution, in characters.</summary>
    public const int MaxIdLength = 200;

    /// <summary>The longest name of a connection, in characters.</summary>
    public const int MaxConnectionLength = 64;

    /// <summary>The longest kind of a target, in characters.</summary>
    public const int MaxTargetKindLength = 64;

    /// <summary>The longest id from a platform (a target, its version or a run), in characters.</summary>
    public const int MaxRemoteIdLength = 255;

    /// <summary>The longest input as UTF-8 JSON, and the longest body of an HTTP request, in bytes.</summary>
    public const int MaxInputBytes = 1024 * 1024;

    /// <summary>The longest options of a start as UTF-8 JSON, in bytes.</summary>
    public const int MaxOptionsBytes = 64 * 1024;

    /// <summary>The largest number of metadata pairs.</summary>
    public const int MaxMetadataPairs = 50;

    /// <summary>The longest metadata key, in characters.</summary>
    public const int MaxMetadataKeyLength = 64;

    /// <summary>The longest metadata value, in characters.</summary>
    public const int MaxMetadataValueLength = 1024;

    /// <summary>The largest number of durable subscribers.</summary>
    public const int MaxSubscribers = 16;

    /// <summary>The longest reason of a cancellation or an abandonment, in characters.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>The largest page of a list.</summary>
    public const int MaxPageSize = 500;

    /// <summary>The default deadline.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromHours(24);

    /// <summary>The shortest deadline.</summary>
    public static readonly TimeSpan MinDeadline = TimeSpan.FromSeconds(1);

    /// <summary>The longest deadline.</summary>
    public static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(30);

    /// <summary>The longest time that one HTTP request waits for an execution to end.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Returns whether the text is a valid execution id: 1 to 200 characters of <c>A-Z a-z 0-9 . _ : -</c>, and not <c>.</c> or <c>..</c>, which an
    /// address cannot contain as a name.
    /// </summary>
    public static bool IsId([NotNullWhen(true)] string? id) =>
        id is { Length: > 0 and <= MaxIdLength } and not ("." or "..") && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');

    /// <summary>Validates the id of an execution.</summary>
    /// <param name="field">The field's name in the request: <c>id</c> or <c>key</c>.</param>
    /// <param name="id">The id.</param>
    public static ImmutableArray<FieldError> CheckId(string field, string? id) =>
        IsId(id) ? [] : [new(field, $"must be 1 to {MaxIdLength} characters of A-Z a-z 0-9 . _ : -, and not . or .. alone.")];

    /// <summary>Validates a start.</summary>
    public static ImmutableArray<FieldError> Check(StartExecution request) => Check(request, out _);

    /// <summary>Validates a start and returns its parsed input, so that it is parsed only once.</summary>
    /// <param name="request">The start.</param>
    /// <param name="input">The parsed input; null if there is none or it is invalid.</param>
    public static ImmutableArray<FieldError> Check(StartExecution request, out JsonElement? input)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new RequestErrors();
        errors.CheckCommon(request.Connection, request.Metadata, request.Deadline, request.SubscriberIds);
        if (request.Target is null)
        {
            errors.Add("target", "is required.");
        }
        else
        {
            errors.CheckTarget(request.Target);
        }

        input = errors.ParseObject("input", request.Input, MaxInputBytes);
        errors.CheckOptions(request.Options);
        return errors.All;
    }

    /// <summary>Validates an adoption.</summary>
    public static ImmutableArray<FieldError> Check(AdoptExecution request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new RequestErrors();
        errors.CheckCommon(request.Connection, request.Metadata, request.Deadline, request.SubscriberIds);
        errors.CheckText("remote_id", request.RemoteId, MaxRemoteIdLength);
        if (request.Target is not null)
        {
            errors.CheckTarget(request.Target);
        }

        return errors.All;
    }

    /// <summary>Validates the reason of a cancellation or an abandonment; null is allowed.</summary>
    public static ImmutableArray<FieldError> CheckReason(string? reason)
    {
        var errors = new RequestErrors();
        if (reason is not null)
        {
            errors.CheckText("reason", reason, MaxReasonLength, minLength: 0);
        }

        return errors.All;
    }

    /// <summary>Validates the size and the position of a page.</summary>
    public static ImmutableArray<FieldError> Check(ExecutionQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var errors = new RequestErrors();
        if (query.PageSize is < 1 or > MaxPageSize)
        {
            errors.Add("page_size", $"must be from 1 to {MaxPageSize}.");
        }
        else if (query.Page is { } page && (page < 1 || page > ExecutionQuery.MaxRow / query.PageSize))
        {
            errors.Add("page", $"must be from 1 to {ExecutionQuery.MaxRow / query.PageSize} with page_size {query.PageSize}: row {ExecutionQuery.MaxRow} is the last; go on with cursor.");
        }

        if (query is { Page: not null, Cursor: not null })
        {
            errors.Add("page", "cannot be combined with cursor.");
        }

        return errors.All;
    }

    /// <summary>Validates which events are wanted.</summary>
    public static ImmutableArray<FieldError> Check(EventFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var errors = new RequestErrors();
        foreach (var type in (filter.Types.IsDefault ? [] : filter.Types).Except(ExecutionEventTypes.All))
        {
            errors.Add("type", $"'{type}' is not known; allowed: {string.Join(", ", ExecutionEventTypes.All)}.");
        }

        ReadOnlySpan<(string Field, string? Text, int MaxLength)> texts =
        [
            ("connection", filter.Connection, MaxConnectionLength),
            ("platform", filter.Platform, MaxConnectionLength),
            ("target_kind", filter.TargetKind, MaxTargetKindLength),
            ("target", filter.TargetId, MaxRemoteIdLength),
        ];
        foreach (var (field, text, maxLength) in texts)
        {
            if (text is not null)
            {
                errors.CheckText(field, text, maxLength);
            }
        }

        return errors.All;
    }

    /// <summary>Throws if there are errors.</summary>
    /// <exception cref="InvalidRequestException">There are errors; it contains all of them.</exception>
    public static void ThrowIfAny(ImmutableArray<FieldError> errors)
    {
        if (!errors.IsDefaultOrEmpty)
        {
            throw new InvalidRequestException(errors);
        }
    }

    // A char takes at most three bytes in UTF-8, so short texts need no counting.
    internal static bool IsTooLong(string text, int maxBytes) => text.Length > maxBytes / 3 && Encoding.UTF8.GetByteCount(text) > maxBytes;
}
