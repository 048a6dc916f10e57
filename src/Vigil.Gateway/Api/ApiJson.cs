using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary>The JSON form of the API's own types.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(ExecutionList))]
[JsonSerializable(typeof(ExecutionStats))]
[JsonSerializable(typeof(StepList))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(NotReady))]
[JsonSerializable(typeof(ConnectionList))]
[JsonSerializable(typeof(ConnectionStatus))]
[JsonSerializable(typeof(PlatformRunList))]
[JsonSerializable(typeof(AdoptedRunList))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(ImmutableArray<FieldError>))]
[JsonSerializable(typeof(FieldError[]))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>The connections.</summary>
internal sealed record ConnectionList(ImmutableArray<ConnectionStatus> Items);
