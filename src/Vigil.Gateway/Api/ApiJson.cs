using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary>The JSON form of the API's own types.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<ExecutionStatus>), typeof(SnakeCaseEnumConverter<StepStatus>), typeof(PendingWorkConverter)])]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(ExecutionEvent))]
[JsonSerializable(typeof(ExecutionList))]
[JsonSerializable(typeof(ExecutionStats))]
[JsonSerializable(typeof(StepList))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(NotReady))]
[JsonSerializable(typeof(ConnectionList))]
[JsonSerializable(typeof(ConnectionStatus))]
[JsonSerializable(typeof(PlatformRunList))]
[JsonSerializable(typeof(AdoptedRunList))]
[JsonSerializable(typeof(ImmutableArray<FieldError>))]
[JsonSerializable(typeof(FieldError[]))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(object))]
[JsonSerializable(typeof(Stream))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    public static Task WriteAsync<T>(HttpContext context, int status, T value) =>
        TypedResults.Json(value, (JsonTypeInfo<T>)Default.GetTypeInfo(typeof(T))!, statusCode: status).ExecuteAsync(context);

    /// <summary>Describes an answer with a value.</summary>
    public static ProducesResponseTypeMetadata Produces<T>(int status, string description) =>
        new(status, typeof(T), ["application/json"]) { Description = description };
}

/// <summary>All connections.</summary>
/// <param name="Items">The connections.</param>
internal sealed record ConnectionList(ImmutableArray<ConnectionStatus> Items);
