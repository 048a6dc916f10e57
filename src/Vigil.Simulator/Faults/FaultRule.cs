using System.ComponentModel.DataAnnotations;

namespace Vigil.Simulator;

/// <summary>When a platform misbehaves, and how.</summary>
public sealed record FaultRule
{
    /// <summary>Gets the operations that the platforms have, each its own of them.</summary>
    public static IReadOnlyList<string> Operations { get; } =
    [
        "start", "status", "status_many", "list", "find", "cancel", "retry", "delete", "task_update", "memory_states", "live_tail",
        "query", "version", "inputs", "namespace", "flows", "api_token", "download_token", "download", "upload_token", "upload",
        "login", "refresh", "token", "session", "usage", "spend_limit", "keys",
    ];

    /// <summary>Gets what it is called; given where it is left out.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets what happens.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Gets the platform; null for all.</summary>
    public string? Platform { get; init; }

    /// <summary>Gets the operation, one of <see cref="Operations"/>; null for all.</summary>
    public string? Operation { get; init; }

    /// <summary>Gets the target that is started, or whose run is asked about; null for all.</summary>
    public string? Target { get; init; }

    /// <summary>Gets the run; null for all.</summary>
    public string? RunId { get; init; }

    /// <summary>Gets the number of runs above which a request is struck, as where a platform takes no larger batch; null for any number.</summary>
    [Range(0, int.MaxValue)]
    public int? MoreThanRuns { get; init; }

    /// <summary>Gets how likely it is, from 0 to 1. Default: certain.</summary>
    [Range(0, 1)]
    public double Probability { get; init; } = 1;

    /// <summary>Gets how often it happens at most; null for without end.</summary>
    [Range(0, int.MaxValue)]
    public int? Count { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Count"/> counts for each run by itself.</summary>
    public bool PerRun { get; init; }

    /// <summary>Gets the seed of <see cref="Probability"/>.</summary>
    public int Seed { get; init; }

    /// <summary>Gets a value indicating whether the platform does what it was asked before it misbehaves.</summary>
    public bool AfterActing { get; init; }

    /// <summary>Gets the status of <see cref="FaultKind.Status"/>.</summary>
    [Range(200, 599)]
    public int Status { get; init; } = 503;

    /// <summary>Gets the seconds of a <c>Retry-After</c> header; null for none.</summary>
    [Range(0, 1e9)]
    public double? RetryAfterSeconds { get; init; }

    /// <summary>Gets a value indicating whether <c>Retry-After</c> is a date.</summary>
    public bool RetryAfterAsDate { get; init; }

    /// <summary>Gets the length of <see cref="FaultKind.Delay"/>.</summary>
    [Range(0, 4e6)]
    public double DelaySeconds { get; init; }

    /// <summary>Gets by how many seconds the clock of <see cref="FaultKind.ClockSkew"/> runs ahead; below 0: behind.</summary>
    [Range(-1e9, 1e9)]
    public double SkewSeconds { get; init; }

    /// <summary>Gets the seconds from a run's start after which a fault of what is seen begins. Default: at once.</summary>
    [Range(0, 1e9)]
    public double FromSeconds { get; init; }

    /// <summary>Gets the seconds from a run's start until which a fault of what is seen lasts; null for without end.</summary>
    [Range(0, 1e9)]
    public double? UntilSeconds { get; init; }
}

/// <summary>What can go wrong.</summary>
public enum FaultKind
{
    /// <summary>An error status with the platform's own kind of body.</summary>
    Status = 0,

    /// <summary>429, with or without <c>Retry-After</c>.</summary>
    RateLimit = 1,

    /// <summary>The answer takes long.</summary>
    Delay = 2,

    /// <summary>The connection is cut without an answer.</summary>
    Cut = 3,

    /// <summary>The body is not what its type says.</summary>
    Malformed = 4,

    /// <summary>The body breaks off and the connection with it.</summary>
    Truncated = 5,

    /// <summary>A web page with status 200.</summary>
    Html = 6,

    /// <summary>Nothing, with status 200.</summary>
    Empty = 7,

    /// <summary>The right body under a wrong type.</summary>
    WrongContentType = 8,

    /// <summary>A body of 50 MB.</summary>
    Oversized = 9,

    /// <summary>Bytes in the body that are no UTF-8.</summary>
    InvalidUtf8 = 10,

    /// <summary>A compressed body that breaks off.</summary>
    TruncatedGzip = 11,

    /// <summary>The run is not known, for a time or for a number of questions: from the start, or for ever.</summary>
    Unknown = 12,

    /// <summary>Every second answer tells an older state: what runs is queued again, what has ended runs again.</summary>
    FlipFlop = 13,

    /// <summary>A page of a list begins with the last run of the page before it.</summary>
    RepeatOnPages = 14,

    /// <summary>Between two pages of a list a run is missed, as when one before it left the list meanwhile.</summary>
    ShiftPages = 15,

    /// <summary>The platform's clock runs apart: the times in its answers and their <c>Date</c> are shifted alike, while the ledger tells the true ones.</summary>
    ClockSkew = 16,

    /// <summary>Tokens that were handed out have run out, and an API key or a token that came from elsewhere is refused: 401 until a new token is fetched, or the rule ends.</summary>
    ExpireTokens = 17,
}
