namespace Vigil.Platforms.Agentic;

/// <summary>An error of a GraphQL response: <c>Field</c> is the alias of its root field, or null if it belongs to the whole operation.</summary>
internal sealed record GraphQlError(string Message, string? Code, string? Field)
{
    private const int MaxCount = 200;

    private static readonly string[] CredentialCodes = ["unauthenticated", "unauthorized", "token_expired", "invalid_token"];

    // Codes that mean that the field was not executed.
    private static readonly string[] RefusalCodes =
        ["bad_user_input", "forbidden", "not_found", "bad_request", "validation_error", "graphql_validation_failed", "graphql_parse_failed"];

    public bool IsNotFound => Code == "not_found" || MessageContains("not found") || MessageContains("does not exist");

    public bool IsCredential => CredentialCodes.Contains(Code);

    public bool IsRateLimit => Code is "rate_limited" or "too_many_requests" or "throttled";

    public bool AppliesTo(string field) => Field is null || Field == field;

    /// <summary>Classifies the error. An operation that was rejected before it was executed was certainly not acted on.</summary>
    public PlatformError ToPlatformError(string operation, bool isRefused)
    {
        var isNotActedOn = isRefused || IsCredential || IsRateLimit || RefusalCodes.Contains(Code);
        var kind = IsCredential ? PlatformErrorKind.Credential
            : IsRateLimit || !isNotActedOn ? PlatformErrorKind.Transient
            : PlatformErrorKind.Final;
        return new(kind, Code ?? "graphql_error", $"{operation} returned an error: {Message}", CertainlyNotActedOn: isNotActedOn);
    }

    public static IReadOnlyList<GraphQlError> ReadAll(JsonView body) => [.. body["errors"].Items().Take(MaxCount).Select(Read)];

    private static GraphQlError Read(JsonView error) => new(
        error["message"].Text(300) ?? PlatformErrors.WordsIn(error) ?? "no message",
        PlatformErrors.ToSnakeCase(error["extensions"]["code"].Text()?.ToLowerInvariant()),
        error["path"].Items().Select(part => part.Text()).FirstOrDefault());

    private bool MessageContains(string words) => Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
