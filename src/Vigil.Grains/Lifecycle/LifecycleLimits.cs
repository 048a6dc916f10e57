namespace Vigil.Grains.Lifecycle;

/// <summary>The constants of the rules.</summary>
internal static class LifecycleLimits
{
    /// <summary>How far the clocks of silos may normally differ.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>How long after its claim a start may be sent.</summary>
    public static readonly TimeSpan SendWindow = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for an answer after the end of the send window and the request timeout.</summary>
    public static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(30);

    /// <summary>How long after the end of the send window a start may still appear under its marker.</summary>
    public static readonly TimeSpan MarkerWindow = TimeSpan.FromSeconds(90);

    /// <summary>How long after an accepted start the platform may not know the run yet.</summary>
    public static readonly TimeSpan NotFoundGrace = TimeSpan.FromSeconds(30);

    /// <summary>How long the platform must not return a run, while it finds other things, before the run is lost.</summary>
    public static readonly TimeSpan NotFoundConfirmation = TimeSpan.FromMinutes(2);

    /// <summary>How many times longer that is if nothing else is found, although the platform answers.</summary>
    public const int UnprovenFactor = 5;

    /// <summary>How many polls of a run alone must not return it before it is lost.</summary>
    public const int NotFoundPolls = 3;

    /// <summary>After how many failures in a row an execution needs attention.</summary>
    public const int FailuresBeforeAttention = 3;

    /// <summary>The minimum time before a write that only stores progress or steps.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a further attempt ignores the end of the previous one.</summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromSeconds(60);

    /// <summary>The delay before a refused start is sent again, by number of claims. The maximum also bounds a platform's Retry-After.</summary>
    public static readonly Backoff Resends = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    /// <summary>The interval at which unfinished work is repeated.</summary>
    public static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(60);

    /// <summary>How long pending work is repeated before it is given up.</summary>
    public static readonly TimeSpan PendingWorkTimeout = TimeSpan.FromHours(72);

    /// <summary>The age from which an execution may have a reminder.</summary>
    public static readonly TimeSpan ReminderAge = TimeSpan.FromSeconds(60);

    /// <summary>The size limit of an execution's output.</summary>
    public const int OutputBytes = 1024 * 1024;

    /// <summary>The most bytes of an output that an event contains. Every waiting client reads all events, and most outputs are shorter.</summary>
    public const int EventOutputBytes = 64 * 1024;

    /// <summary>The size limit of a step's input and of its output.</summary>
    public const int StepBodyBytes = 64 * 1024;

    /// <summary>How many reports to step grains may be in flight.</summary>
    public const int MaxConcurrentReports = 64;

    /// <summary>How many steps of one execution are kept; further ones are only counted.</summary>
    public const int Steps = 10_000;

    /// <summary>How many steps are stored in the execution's own row; in a longer list, each step has its own row.</summary>
    public const int StepsInRow = 32;

    /// <summary>How many ended attempts are kept.</summary>
    public const int History = 32;

    /// <summary>How many entries of given-up work are kept.</summary>
    public const int GivenUp = 32;

    /// <summary>The maximum length of a failure's reason, in characters.</summary>
    public const int ReasonLength = 256;

    /// <summary>The maximum length of a failure's detail, in characters.</summary>
    public const int DetailLength = 8192;
}
