using System.Text.Json.Serialization;

namespace Vigil;

/// <summary>The state of a connection. The counts and rates are those of the silo that answers.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ConnectionStatus")]
public sealed record ConnectionStatus
{
    /// <summary>Gets its name.</summary>
    [Id(0), JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Gets its platform.</summary>
    [Id(1), JsonPropertyName("platform")] public required string Platform { get; init; }

    /// <summary>Gets <c>active</c> or <c>suspended</c>.</summary>
    [Id(2), JsonPropertyName("state")] public required string State { get; init; }

    /// <summary>Gets why it is suspended.</summary>
    [Id(3), JsonPropertyName("reason")] public string? Reason { get; init; }

    /// <summary>Gets when it was suspended.</summary>
    [Id(4), JsonPropertyName("since")] public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the kinds of target that it can run.</summary>
    [Id(5), JsonPropertyName("target_kinds")] public required ImmutableArray<string> TargetKinds { get => field.IsDefault ? [] : field; init; }

    /// <summary>Gets the number of watched executions.</summary>
    [Id(6), JsonPropertyName("watched")] public int Watched { get; init; }

    /// <summary>Gets the number of starts that wait for a slot.</summary>
    [Id(7), JsonPropertyName("queued")] public int Queued { get; init; }

    /// <summary>Gets the seconds between two polls of a run that the request budget currently allows.</summary>
    [Id(8), JsonPropertyName("effective_cadence_seconds")] public double EffectiveCadenceSeconds { get; init; }

    /// <summary>Gets the requests per minute that the silo may currently send: its share of the connection's budget.</summary>
    [Id(9), JsonPropertyName("requests_per_minute")] public double RequestsPerMinute { get; init; }

    /// <summary>Gets the message of the last request failure.</summary>
    [Id(10), JsonPropertyName("last_error")] public string? LastError { get; init; }

    /// <summary>Gets <c>open</c>, or <c>waiting</c> while the platform leaves starts unanswered and only one at a time tries it.</summary>
    [Id(11), JsonPropertyName("starts")] public string Starts { get => field ?? "open"; init; } = "open";

    /// <summary>Gets why starts wait.</summary>
    [Id(12), JsonPropertyName("starts_reason")] public string? StartsReason { get; init; }

    /// <summary>Gets when the next start tries the platform.</summary>
    [Id(13), JsonPropertyName("starts_wait_until")] public DateTimeOffset? StartsWaitUntil { get; init; }

    /// <summary>Gets the number of watched executions whose polls need attention.</summary>
    [Id(14), JsonPropertyName("attention")] public int Attention { get; init; }

    /// <summary>Gets since when no poll of the connection has had a usable answer; null while polls have.</summary>
    [Id(15), JsonPropertyName("polls_fail_since")] public DateTimeOffset? PollsFailSince { get; init; }

    /// <summary>Gets the connection's standing adopt rule and what it has done; null if it has none.</summary>
    [Id(17), JsonPropertyName("adopt")] public AdoptStatus? Adopt { get; init; }

    /// <summary>Gets how well the platform's push messages are received.</summary>
    [Id(16), JsonPropertyName("push")] public PushStatus Push { get => field ?? PushStatus.Off; init; } = PushStatus.Off;
}

/// <summary>How well a platform's push messages are received. Executions are polled in any case; a push message only makes a poll come sooner.</summary>
[GenerateSerializer, Immutable, Alias("vigil.PushStatus")]
public sealed record PushStatus
{
    /// <summary>Push is not configured, or nothing has been watched yet.</summary>
    public static readonly PushStatus Off = new() { State = "off" };

    /// <summary>
    /// Gets <c>live</c> if everything is subscribed, <c>partial</c> if the server refused subscriptions, <c>down</c> if no server can be reached, or
    /// <c>off</c>.
    /// </summary>
    [Id(0), JsonPropertyName("state")] public required string State { get; init; }

    /// <summary>Gets when this state began.</summary>
    [Id(1), JsonPropertyName("since")] public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the number of subscriptions; two for each watched execution, or two in all with wildcards.</summary>
    [Id(2), JsonPropertyName("subscribed")] public int Subscribed { get; init; }

    /// <summary>Gets the number of subscriptions that the server refused. They are tried again, at first after a minute.</summary>
    [Id(3), JsonPropertyName("refused")] public int Refused { get; init; }

    /// <summary>Gets the last error of the server or of the connection to it.</summary>
    [Id(4), JsonPropertyName("last_error")] public string? LastError { get; init; }
}
