namespace Vigil.Platforms.Agentic;

/// <summary>One error of a GraphQL answer.</summary>
/// <param name="Message">Its sentence.</param>
/// <param name="Code">The code in its extensions, in snake_case.</param>
/// <param name="Field">The root field, by its alias, that it belongs to; null where it belongs to the whole.</param>
internal sealed record GraphQlError(string Message, string? Code, string? Field)
{
    private const int MaxCount = 200;

    private static readonly string[] CodesOfCredential = ["unauthenticated", "unauthorized", "token_expired", "invalid_token"];

    // Codes that say that the field's work was not begun.
    private static readonly string[] CodesOfRefusal =
        ["bad_user_input", "forbidden", "not_found", "bad_request", "validation_error", "graphql_validation_failed", "graphql_parse_failed"];

    public bool IsNotFound => Code == "not_found" || Says("not found") || Says("does not exist");

    public bool IsCredential => CodesOfCredential.Contains(Code);

    public bool IsRateLimit => Code is "rate_limited" or "too_many_requests" or "throttled";

    public bool Concerns(string field) => Field is null || Field == field;

    /// <summary>Returns what the error means. What is refused before anything ran was certainly not acted on.</summary>
    public PlatformError ToPlatformError(string operation, bool isRefused)
    {
        var certainly = isRefused || IsCredential || IsRateLimit || CodesOfRefusal.Contains(Code);
        var kind = IsCredential ? PlatformErrorKind.Credential
            : IsRateLimit || !certainly ? PlatformErrorKind.Transient
            : PlatformErrorKind.Final;
        return new(kind, Code ?? "graphql_error", $"{operation} was answered with an error: {Message}", CertainlyNotActedOn: certainly);
    }

    /// <summary>Reads the errors of a body. The key may be there with nothing in it, which is no error.</summary>
    public static IReadOnlyList<GraphQlError> ReadAll(JsonView body) => [.. body["errors"].Items().Take(MaxCount).Select(Read)];

    private static GraphQlError Read(JsonView error) => new(
        error["message"].Text(300) ?? "no message",
        ErrorCode.Of(error["extensions"]["code"].Text()?.ToLowerInvariant()),
        error["path"].Items().Select(part => part.Text()).FirstOrDefault());

    private bool Says(string words) => Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
