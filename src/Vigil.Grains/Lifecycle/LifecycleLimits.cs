namespace Vigil.Grains.Lifecycle;

/// <summary>The constants of the rules.</summary>
internal static class LifecycleLimits
{
    /// <summary>How far the clocks of silos may differ without anybody having set one.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>How long after its claim a start may leave.</summary>
    public static readonly TimeSpan SendWindow = TimeSpan.FromSeconds(10);

    /// <summary>How long after the last moment of sending, and the time that a request may take, an answer is still waited for.</summary>
    public static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(30);

    /// <summary>How long after the last moment of sending a start may yet appear under its marker.</summary>
    public static readonly TimeSpan MarkerWindow = TimeSpan.FromSeconds(90);

    /// <summary>How long after the accepted start the platform may not know the run.</summary>
    public static readonly TimeSpan NotFoundGrace = TimeSpan.FromSeconds(30);

    /// <summary>How long after the first not-found the confirming one must be sent.</summary>
    public static readonly TimeSpan NotFoundConfirmation = TimeSpan.FromSeconds(30);

    /// <summary>The least time between a write and one that only stores progress or steps.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a further attempt ignores the end of the one before.</summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromSeconds(60);

    /// <summary>The wait before a refused start is sent again, by its claims. The longest holds whatever the platform asks for.</summary>
    public static readonly Backoff Resends = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    /// <summary>How often what is not done yet is handed over again.</summary>
    public static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(60);

    /// <summary>How long pending work is repeated before it is given up.</summary>
    public static readonly TimeSpan PendingWorkTimeout = TimeSpan.FromHours(72);

    /// <summary>The age from which an execution may have a reminder.</summary>
    public static readonly TimeSpan ReminderAge = TimeSpan.FromSeconds(60);

    /// <summary>How much of an execution's output is kept.</summary>
    public const int OutputBytes = 1024 * 1024;

    /// <summary>How much of a step's input, and of its output, is kept.</summary>
    public const int StepBodyBytes = 64 * 1024;

    /// <summary>How many reports are on their way to step grains at a time.</summary>
    public const int MaxConcurrentReports = 64;

    /// <summary>How many steps of one execution are kept; further ones are counted.</summary>
    public const int Steps = 10_000;

    /// <summary>How many steps of one execution are kept in its own row; a longer list has a row for each.</summary>
    public const int StepsInRow = 32;

    /// <summary>How many ended attempts are remembered.</summary>
    public const int History = 32;

    /// <summary>How many given-up pieces of work are remembered.</summary>
    public const int GivenUp = 32;

    /// <summary>How long a failure's reason may be, in characters.</summary>
    public const int ReasonLength = 256;

    /// <summary>How long a failure's detail may be, in characters.</summary>
    public const int DetailLength = 8192;
}
