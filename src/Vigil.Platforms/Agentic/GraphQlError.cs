namespace Vigil.Platforms.Agentic;

/// <summary>One error of a GraphQL answer.</summary>
/// <param name="Message">Its message.</param>
/// <param name="Code">The code in its extensions, in snake_case.</param>
/// <param name="Field">The alias of the root field that it belongs to; null if it belongs to the whole operation.</param>
internal sealed record GraphQlError(string Message, string? Code, string? Field)
{
    private const int MaxCount = 200;

    private static readonly string[] CredentialCodes = ["unauthenticated", "unauthorized", "token_expired", "invalid_token"];

    // Codes that mean that the field was not executed.
    private static readonly string[] RefusalCodes =
        ["bad_user_input", "forbidden", "not_found", "bad_request", "validation_error", "graphql_validation_failed", "graphql_parse_failed"];

    public bool IsNotFound => Code == "not_found" || Says("not found") || Says("does not exist");

    public bool IsCredential => CredentialCodes.Contains(Code);

    public bool IsRateLimit => Code is "rate_limited" or "too_many_requests" or "throttled";

    public bool Concerns(string field) => Field is null || Field == field;

    /// <summary>Classifies the error. An operation that was refused before it was executed was certainly not acted on.</summary>
    public PlatformError ToPlatformError(string operation, bool isRefused)
    {
        var certainly = isRefused || IsCredential || IsRateLimit || RefusalCodes.Contains(Code);
        var kind = IsCredential ? PlatformErrorKind.Credential
            : IsRateLimit || !certainly ? PlatformErrorKind.Transient
            : PlatformErrorKind.Final;
        return new(kind, Code ?? "graphql_error", $"{operation} was answered with an error: {Message}", CertainlyNotActedOn: certainly);
    }

    /// <summary>Reads the errors of a body. The key may be present but empty, which means no errors.</summary>
    public static IReadOnlyList<GraphQlError> ReadAll(JsonView body) => [.. body["errors"].Items().Take(MaxCount).Select(Read)];

    private static GraphQlError Read(JsonView error) => new(
        error["message"].Text(300) ?? "no message",
        ErrorCode.Of(error["extensions"]["code"].Text()?.ToLowerInvariant()),
        error["path"].Items().Select(part => part.Text()).FirstOrDefault());

    private bool Says(string words) => Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
