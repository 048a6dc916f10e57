using System.Text.Json.Serialization;

namespace Vigil.Gateway.Api;

/// <summary>A code that a problem document can have.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The code; it never changes once published.</param>
/// <param name="Meaning">What it means, for the OpenAPI document.</param>
/// <param name="OfWrites">Whether only requests that change something can get it.</param>
internal sealed record ProblemCode(int Status, string Code, string Meaning, bool OfWrites = false);

/// <summary>All codes of problem documents. Each operation names those that it can answer.</summary>
internal static class ProblemCodes
{
    public static readonly ProblemCode InvalidRequest = new(400, "invalid_request", "A field or a parameter is wrong or not known; errors lists all of them.");
    public static readonly ProblemCode BadRequest = new(400, "bad_request", "The request is not valid HTTP.");
    public static readonly ProblemCode HostNotAllowed = new(400, "host_not_allowed", "The host of the address is not one that this server is known by.");
    public static readonly ProblemCode ForeignOrigin = new(403, "foreign_origin", "A web page of another origin sent the request.", OfWrites: true);
    public static readonly ProblemCode ExecutionNotFound = new(404, "execution_not_found", "No execution has this id.");
    public static readonly ProblemCode FileNotFound = new(404, "file_not_found", "The execution has no such file, or its platform has removed it.");
    public static readonly ProblemCode OutputNotAvailable = new(404, "output_not_available", "The execution has not ended, or it has no output.");
    public static readonly ProblemCode RawNotAvailable = new(404, "raw_not_available", "The execution has not ended, or not by the platform's report.");
    public static readonly ProblemCode ConnectionNotFound = new(404, "connection_not_found", "No connection has this name.");
    public static readonly ProblemCode RunNotFound = new(404, "remote_run_not_found", "The platform does not know the run.");
    public static readonly ProblemCode RequestTimeout = new(408, "request_timeout", "The body did not arrive in time.");
    public static readonly ProblemCode KeyReused = new(409, "key_reused", "The key was used before, for a different request.");
    public static readonly ProblemCode RunWatched = new(409, "run_already_watched", "Another execution already watches the run.");
    public static readonly ProblemCode ExecutionFinished = new(409, "execution_finished", "The execution has ended, so the command has no effect.");
    public static readonly ProblemCode CancelNotSupported = new(409, "cancel_not_supported", "The platform cannot cancel.");
    public static readonly ProblemCode RetryNotSupported = new(409, "retry_not_supported", "The platform cannot retry.");
    public static readonly ProblemCode NotFinished = new(409, "not_finished", "The execution has not ended.");
    public static readonly ProblemCode NotRetryable = new(409, "not_retryable", "The execution ended in a way that the platform cannot run again.");
    public static readonly ProblemCode DeadlinePassed = new(409, "deadline_passed", "The execution is past its deadline.");
    public static readonly ProblemCode ListingNotSupported = new(409, "listing_not_supported", "The platform cannot list its runs.");
    public static readonly ProblemCode BodyTooLarge = new(413, "body_too_large", "The body is longer than 1 MiB.");
    public static readonly ProblemCode AddressTooLong = new(414, "uri_too_long", "The address is too long.");
    public static readonly ProblemCode NotJson = new(415, "unsupported_media_type", "The body is not sent as plain JSON.", OfWrites: true);
    public static readonly ProblemCode HeadersTooLarge = new(431, "headers_too_large", "The headers are too large or too many.");
    public static readonly ProblemCode InternalError = new(500, "internal_error", "Something went wrong inside Vigil.");
    public static readonly ProblemCode Unavailable = new(503, "unavailable", "No silo could take the request in time. It is safe to repeat.");
    public static readonly ProblemCode VersionMismatch = new(503, "version_mismatch", "The gateway and the silo that answered have versions that do not understand each other.");
    public static readonly ProblemCode StoreUnavailable = new(503, "store_unavailable", "The store cannot be reached. It is safe to repeat the request.");
    public static readonly ProblemCode PlatformUnavailable = new(503, "platform_unavailable", "The platform did not give a usable answer.");

    /// <summary>What every operation can answer.</summary>
    public static readonly ProblemCode[] OfAll = [BadRequest, HostNotAllowed, ForeignOrigin, AddressTooLong, HeadersTooLarge, InternalError];

    /// <summary>What every operation can answer beside that if it needs the cluster and takes no body but JSON.</summary>
    public static readonly ProblemCode[] OfCluster = [NotJson, Unavailable, VersionMismatch, StoreUnavailable];

    /// <summary>Says which codes the operations can answer.</summary>
    public static TBuilder Fails<TBuilder>(this TBuilder endpoints, params ProblemCode[] codes)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(builder => builder.Fails(codes));
        return endpoints;
    }

    /// <summary>Says which codes the operation can answer.</summary>
    public static void Fails(this EndpointBuilder endpoint, params ProblemCode[] codes)
    {
        var isRead = endpoint.Metadata.OfType<HttpMethodMetadata>().Any(methods => methods.HttpMethods.Contains(HttpMethods.Get));
        foreach (var code in codes.Where(code => !isRead || !code.OfWrites))
        {
            endpoint.Metadata.Add(code);
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(code.Status, typeof(Problem), ["application/problem+json"]));
        }
    }
}

/// <summary>What went wrong (RFC 9457). Which of the members beyond code are present depends on the code.</summary>
/// <param name="Type">A URI that names the code: <c>urn:vigil:problem:</c> and the code.</param>
/// <param name="Title">What went wrong in general, for people.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The code in snake_case; it never changes once published.</param>
/// <param name="Detail">What went wrong here, for people.</param>
/// <param name="Errors">All wrong fields of the request.</param>
/// <param name="ExecutionId">The execution's id.</param>
/// <param name="ExecutionStatus">How the execution ended.</param>
/// <param name="FileId">The file's id.</param>
/// <param name="Connection">The connection's name.</param>
/// <param name="RemoteId">The platform's id of the run.</param>
/// <param name="Command">The command that the platform does not have.</param>
/// <param name="Platform">The platform.</param>
/// <param name="GatewayVersion">The version of Vigil of the gateway.</param>
/// <param name="SiloVersion">The version of Vigil of the silo that the gateway called.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FieldError[]? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExecutionId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExecutionStatus? ExecutionStatus = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Connection = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RemoteId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Command = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Platform = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? GatewayVersion = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SiloVersion = null);
