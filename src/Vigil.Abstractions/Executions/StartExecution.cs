using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>A request to run a target on a platform and watch it until it ends.</summary>
[GenerateSerializer, Immutable, Alias("vigil.StartExecution")]
public sealed record StartExecution
{
    /// <summary>Gets the name of the connection that runs it.</summary>
    [Id(0), JsonPropertyName("connection")] public required string Connection { get; init; }

    /// <summary>Gets what is run.</summary>
    [Id(1), JsonPropertyName("target")] public required ExecutionTarget Target { get; init; }

    /// <summary>Gets the input: the text of a JSON object, at most 1 MiB; null for none.</summary>
    [Id(2), JsonPropertyName("input"), JsonConverter(typeof(JsonTextConverter))] public string? Input { get; init; }

    /// <summary>Gets the caller's own labels.</summary>
    [Id(3), JsonPropertyName("metadata")] public ImmutableDictionary<string, string> Metadata { get => field ?? []; init; } = [];

    /// <summary>Gets how long Vigil watches, counted from acceptance and including all attempts. Default: 24 hours; maximum: 30 days.</summary>
    [Id(4), JsonPropertyName("deadline_seconds"), JsonConverter(typeof(SecondsConverter))] public TimeSpan Deadline { get; init; } = RequestLimits.DefaultDeadline;

    /// <summary>Gets a value indicating whether the remote run is cancelled when Vigil stops watching it.</summary>
    [Id(5), JsonPropertyName("cancel_on_abandon")] public bool CancelOnAbandon { get; init; }

    /// <summary>
    /// Sets the durable subscribers: references of grains, from <c>GetGrain</c> or <c>this.AsReference</c>. Every event of the execution is delivered to each
    /// of them at least once, in order. Over HTTP no subscriber can be named.
    /// </summary>
    /// <exception cref="ArgumentException">One of them is not a grain.</exception>
    [JsonIgnore] public ImmutableArray<IExecutionSubscriber> Subscribers { init => SubscriberIds = Subscriber.IdsOf(value); }

    /// <summary>Gets the ids of <see cref="Subscribers"/>, each once, in the text form of their <c>GrainId</c>.</summary>
    [Id(6), JsonIgnore] public ImmutableArray<string> SubscriberIds { get => field.IsDefault ? [] : field; private init; } = [];

    /// <summary>Gets the platform's own options of a start: the text of a JSON object, at most 64 KiB; null for none. Each platform refuses options that it does not have.</summary>
    [Id(10), JsonPropertyName("options"), JsonConverter(typeof(JsonTextConverter))] public string? Options { get; init; }

    /// <summary>Returns this request with another input.</summary>
    /// <typeparam name="T">The type of the input, which must be written as a JSON object.</typeparam>
    /// <param name="input">The input.</param>
    /// <param name="options">How the input is written; null for the defaults of the web, with names in camelCase.</param>
    public StartExecution WithInput<T>(T input, JsonSerializerOptions? options = null) =>
        this with { Input = JsonSerializer.Serialize(input, options ?? JsonSerializerOptions.Web) };
}

/// <summary>A request to watch a run that was not started by Vigil.</summary>
[GenerateSerializer, Immutable, Alias("vigil.AdoptExecution")]
public sealed record AdoptExecution
{
    /// <summary>Gets the name of the connection that the run is on.</summary>
    [Id(0), JsonPropertyName("connection")] public required string Connection { get; init; }

    /// <summary>Gets the platform's id of the run.</summary>
    [Id(1), JsonPropertyName("remote_id")] public required string RemoteId { get; init; }

    /// <summary>Gets what is run, if the caller knows it.</summary>
    [Id(2), JsonPropertyName("target")] public ExecutionTarget? Target { get; init; }

    /// <summary>Gets the caller's own labels.</summary>
    [Id(3), JsonPropertyName("metadata")] public ImmutableDictionary<string, string> Metadata { get => field ?? []; init; } = [];

    /// <summary>Gets how long Vigil watches, counted from acceptance. Default: 24 hours; maximum: 30 days.</summary>
    [Id(4), JsonPropertyName("deadline_seconds"), JsonConverter(typeof(SecondsConverter))] public TimeSpan Deadline { get; init; } = RequestLimits.DefaultDeadline;

    /// <summary>Gets a value indicating whether the remote run is cancelled when Vigil stops watching it.</summary>
    [Id(5), JsonPropertyName("cancel_on_abandon")] public bool CancelOnAbandon { get; init; }

    /// <inheritdoc cref="StartExecution.Subscribers" />
    [JsonIgnore] public ImmutableArray<IExecutionSubscriber> Subscribers { init => SubscriberIds = Subscriber.IdsOf(value); }

    /// <inheritdoc cref="StartExecution.SubscriberIds" />
    [Id(6), JsonIgnore] public ImmutableArray<string> SubscriberIds { get => field.IsDefault ? [] : field; private init; } = [];
}

/// <summary>What is run on a platform.</summary>
/// <param name="Kind">The kind of target, one of the platform's own: <c>workflow</c>, <c>flow</c>, <c>agent</c>, <c>code_block</c>.</param>
/// <param name="Id">The platform's id of the target.</param>
/// <param name="Version">The version, if the platform has versions.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionTarget")]
public sealed record ExecutionTarget(
    [property: Id(0), JsonPropertyName("kind")] string Kind,
    [property: Id(1), JsonPropertyName("id")] string Id,
    [property: Id(2), JsonPropertyName("version")] string? Version = null);
