using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vigil.Gateway.Api;

/// <summary>How the API's own shapes look as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<ExecutionStatus>), typeof(SnakeCaseEnumConverter<StepStatus>), typeof(PendingWorkConverter)])]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(ExecutionList))]
[JsonSerializable(typeof(StepList))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(NotReady))]
[JsonSerializable(typeof(ConnectionList))]
[JsonSerializable(typeof(ConnectionStatus))]
[JsonSerializable(typeof(ImmutableArray<FieldError>))]
[JsonSerializable(typeof(FieldError[]))]
internal sealed partial class ApiJson : JsonSerializerContext;

/// <summary>The connections.</summary>
internal sealed record ConnectionList(ImmutableArray<ConnectionStatus> Items);
