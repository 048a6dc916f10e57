namespace Vigil.Grains.Lifecycle;

/// <summary>
/// The reasons of Vigil's own conclusions: <see cref="ExecutionFailure.Reason"/> where no platform spoke, and why pending work was given up.
/// They are part of the API and never change once published. A refused start has the platform's code instead.
/// </summary>
internal static class VigilReasons
{
    /// <summary>Lost: the start, or its answer, went astray, it cannot be looked up, and the connection forbids sending it again.</summary>
    public const string StartUnconfirmed = "start_unconfirmed";

    /// <summary>Lost: the platform did not know the run, twice, half a minute apart. Also work given up because of that.</summary>
    public const string NotFound = "not_found";

    /// <summary>Lost: the platform refuses to tell of this run; its answer is the detail.</summary>
    public const string Refused = "refused";

    /// <summary>Abandoned: the deadline passed.</summary>
    public const string Deadline = "deadline";

    /// <summary>Abandoned: somebody stopped the watching; what they said is the detail.</summary>
    public const string Abandoned = "abandoned";

    /// <summary>Cancelled before the start was sent; what the caller said is the detail.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Work given up: nobody answered for <see cref="LifecycleLimits.PendingWorkTimeout"/>.</summary>
    public const string Unanswered = "unanswered";

    /// <summary>Work given up: a further attempt made it pointless.</summary>
    public const string Reopened = "reopened";
}
