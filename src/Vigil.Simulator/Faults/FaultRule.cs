using System.ComponentModel.DataAnnotations;

namespace Vigil.Simulator;

/// <summary>A fault: when and how a platform misbehaves.</summary>
public sealed record FaultRule
{
    /// <summary>Gets the operations of all platforms; each platform has some of them.</summary>
    public static IReadOnlyList<string> Operations { get; } =
    [
        "start", "status", "status_many", "list", "find", "cancel", "retry", "delete", "task_update", "memory_states", "live_tail", "output", "output_download",
        "query", "version", "inputs", "namespace", "flows", "api_token", "download_token", "download", "upload_token", "upload",
        "login", "refresh", "token", "session", "usage", "spend_limit", "keys", "trigger", "triggers", "history",
    ];

    /// <summary>Gets its id; assigned if omitted.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the kind of fault.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Gets the platform; null for all.</summary>
    public string? Platform { get; init; }

    /// <summary>Gets the operation, one of <see cref="Operations"/>; null for all.</summary>
    public string? Operation { get; init; }

    /// <summary>Gets the target of the start, or of the requested run; null for all.</summary>
    public string? Target { get; init; }

    /// <summary>Gets the run; null for all.</summary>
    public string? RunId { get; init; }

    /// <summary>Gets the number of runs in a request above which it is applied, for example to limit the size of batches; null for any number.</summary>
    [Range(0, int.MaxValue)]
    public int? MoreThanRuns { get; init; }

    /// <summary>Gets its probability, from 0 to 1. Default: 1.</summary>
    [Range(0, 1)]
    public double Probability { get; init; } = 1;

    /// <summary>Gets the maximum number of times it is applied; null for no limit.</summary>
    [Range(0, int.MaxValue)]
    public int? Count { get; init; }

    /// <summary>Gets a value indicating whether <see cref="Count"/> applies to each run separately.</summary>
    public bool PerRun { get; init; }

    /// <summary>Gets the seed of <see cref="Probability"/>.</summary>
    public int Seed { get; init; }

    /// <summary>Gets a value indicating whether the platform acts on the request before it misbehaves.</summary>
    public bool AfterActing { get; init; }

    /// <summary>Gets the status of <see cref="FaultKind.Status"/> and <see cref="FaultKind.Answer"/>; default: 503, and 200 for an answer.</summary>
    [Range(200, 599)]
    public int? Status { get; init; }

    /// <summary>Gets the content type of <see cref="FaultKind.Answer"/>; an empty one is not sent. Default: <c>application/json</c>.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Gets further headers of <see cref="FaultKind.Answer"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Gets the body of <see cref="FaultKind.Answer"/>, in which <c>{id}</c> is replaced by the id of the request's run, or of the started run if
    /// <see cref="AfterActing"/> is set, and <c>{fill}</c> by <see cref="FillBytes"/> letters.
    /// </summary>
    public string Body { get; init; } = "";

    /// <summary>
    /// Gets the members that <see cref="FaultKind.Members"/> replaces or adds, with their values as they are to be sent, valid JSON or not;
    /// <c>{fill}</c> as in <see cref="Body"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Members { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the number of letters for which <c>{fill}</c> stands, for bodies that are too long for the script. Default: 0.</summary>
    [Range(0, 1 << 29)]
    public int FillBytes { get; init; }

    /// <summary>Gets the seconds of a <c>Retry-After</c> header; null for none.</summary>
    [Range(0, 1e9)]
    public double? RetryAfterSeconds { get; init; }

    /// <summary>Gets a value indicating whether <c>Retry-After</c> is a date.</summary>
    public bool RetryAfterAsDate { get; init; }

    /// <summary>Gets the length of <see cref="FaultKind.Delay"/>.</summary>
    [Range(0, 4e6)]
    public double DelaySeconds { get; init; }

    /// <summary>Gets by how many seconds the clock of <see cref="FaultKind.ClockSkew"/> is ahead; negative if it is behind.</summary>
    [Range(-1e9, 1e9)]
    public double SkewSeconds { get; init; }

    /// <summary>Gets the seconds from a run's start until a fault of kind <see cref="FaultKind.Unknown"/> or <see cref="FaultKind.FlipFlop"/> begins. Default: 0.</summary>
    [Range(0, 1e9)]
    public double FromSeconds { get; init; }

    /// <summary>Gets the seconds from a run's start until a fault of kind <see cref="FaultKind.Unknown"/> or <see cref="FaultKind.FlipFlop"/> ends; null for no end.</summary>
    [Range(0, 1e9)]
    public double? UntilSeconds { get; init; }
}

/// <summary>The kinds of fault.</summary>
public enum FaultKind
{
    /// <summary>An error status with the platform's own error body.</summary>
    Status = 0,

    /// <summary>429, with or without <c>Retry-After</c>.</summary>
    RateLimit = 1,

    /// <summary>The response is delayed.</summary>
    Delay = 2,

    /// <summary>The connection is cut without a response.</summary>
    Cut = 3,

    /// <summary>The body is not valid JSON.</summary>
    Malformed = 4,

    /// <summary>The body is truncated and the connection is closed.</summary>
    Truncated = 5,

    /// <summary>A web page with status 200.</summary>
    Html = 6,

    /// <summary>An empty body with status 200.</summary>
    Empty = 7,

    /// <summary>The correct body with a wrong content type.</summary>
    WrongContentType = 8,

    /// <summary>A body of 50 MB.</summary>
    Oversized = 9,

    /// <summary>Bytes in the body that are not valid UTF-8.</summary>
    InvalidUtf8 = 10,

    /// <summary>A truncated compressed body.</summary>
    TruncatedGzip = 11,

    /// <summary>The run is unknown, for a period or for a number of requests, from its start or permanently.</summary>
    Unknown = 12,

    /// <summary>Every second response shows an older state: a running run is queued again, an ended one is running again.</summary>
    FlipFlop = 13,

    /// <summary>A page of a list begins with the last run of the previous page.</summary>
    RepeatOnPages = 14,

    /// <summary>A run is skipped between two pages of a list, as if an earlier one had left the list.</summary>
    ShiftPages = 15,

    /// <summary>The platform's clock is wrong: the times in its responses and their <c>Date</c> are shifted by the same amount, while the ledger has the true times.</summary>
    ClockSkew = 16,

    /// <summary>Issued tokens have expired, and API keys and tokens from elsewhere are refused: 401 until a new token is fetched or the rule ends.</summary>
    ExpireTokens = 17,

    /// <summary>The given status, headers and body, as they are.</summary>
    Answer = 18,

    /// <summary>The correct body with some members of the run's object replaced, at the top level and in lists.</summary>
    Members = 19,
}
