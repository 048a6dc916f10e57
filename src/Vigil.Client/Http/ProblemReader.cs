using System.Net;

namespace Vigil.Client;

/// <summary>Turns a problem document of the HTTP API back into the exception that it was made from.</summary>
internal static class ProblemReader
{
    public static async Task<VigilException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return Unexpected(response, "unauthorized", "a key is needed, or this one is not accepted");
        }

        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return Read(document.RootElement, response);
            }
        }
        catch (JsonException)
        {
            // Something between this program and the gateway answered.
        }

        return Unexpected(response, "not_vigil", "the answer is not a problem document of Vigil");
    }

    /// <summary>Returns the error of an answer that is not an error, and not what Vigil answers.</summary>
    public static VigilException NotVigil(HttpResponseMessage response) => Unexpected(response, "not_vigil", "the answer is not one of Vigil");

    private static VigilException Read(JsonElement problem, HttpResponseMessage response)
    {
        var (code, detail) = (Text("code") ?? "unknown", Text("detail") ?? Text("title") ?? "");
        return code switch
        {
            "invalid_request" => new InvalidRequestException(Errors()),
            "execution_not_found" => new ExecutionNotFoundException(Text("execution_id") ?? ""),
            "file_not_found" => new ExecutionFileNotFoundException(Text("execution_id") ?? "", Text("file_id") ?? ""),
            "connection_not_found" => new ConnectionNotFoundException(Text("connection") ?? ""),
            "remote_run_not_found" => new RemoteRunNotFoundException(Text("connection") ?? "", Text("remote_id") ?? ""),
            "execution_finished" => new ExecutionFinishedException(Text("execution_id") ?? "", Status()),
            "version_mismatch" => new VersionMismatchException(Text("gateway_version") ?? "of an unknown version", Text("silo_version")),
            "platform_unavailable" => new PlatformUnavailableException(Text("connection") ?? "", detail, response.Headers.RetryAfter?.Delta),
            _ when Text("command") is { } command => new CommandNotSupportedException(command, Text("platform") ?? ""),
            _ when (int)response.StatusCode == 409 => new ExecutionConflictException(Text("execution_id") ?? "", code, detail),
            _ => Unexpected(response, code, detail),
        };

        string? Text(string name) => problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        ImmutableArray<FieldError> Errors() => problem.TryGetProperty("errors", out var errors)
            ? [.. errors.EnumerateArray().Select(error => new FieldError(error.GetProperty("field").GetString()!, error.GetProperty("message").GetString()!))]
            : [new("", detail)];

        ExecutionStatus Status() => Enum.TryParse<ExecutionStatus>(Text("execution_status")?.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var status) ? status : default;
    }

    private static VigilException Unexpected(HttpResponseMessage response, string code, string detail)
    {
        var message = $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {detail}";

        // What stands before the gateway may limit the rate or the time of requests. A bug in the gateway does not pass, and a handle must not wait for that.
        return (int)response.StatusCode is 408 or 429 or > 500 ? new VigilUnavailableException(message, code) : new RequestRefusedException(code, message);
    }
}
