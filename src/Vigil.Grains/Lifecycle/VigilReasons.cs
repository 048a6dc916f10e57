namespace Vigil.Grains.Lifecycle;

/// <summary>
/// The reasons of outcomes concluded by Vigil, in <see cref="ExecutionFailure.Reason"/>, and of pending work that was given up. They are part of the API
/// and never change once published. A rejected start has the platform's code instead.
/// </summary>
internal static class VigilReasons
{
    /// <summary>Lost: the start or its answer was lost, it cannot be looked up, and the connection does not allow sending it again.</summary>
    public const string StartUnconfirmed = "start_unconfirmed";

    /// <summary>Lost: the platform did not know the run in two polls half a minute apart. Also given-up work for the same reason.</summary>
    public const string NotFound = "not_found";

    /// <summary>Lost: the platform refuses to return this run; its answer is the detail.</summary>
    public const string Refused = "refused";

    /// <summary>Abandoned: the deadline passed.</summary>
    public const string Deadline = "deadline";

    /// <summary>Abandoned on request; the caller's reason is the detail.</summary>
    public const string Abandoned = "abandoned";

    /// <summary>Cancelled before the start was sent; the caller's reason is the detail.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Given-up work: not completed within <see cref="LifecycleLimits.PendingWorkTimeout"/>.</summary>
    public const string Unanswered = "unanswered";

    /// <summary>Given-up work: a further attempt made it obsolete.</summary>
    public const string Reopened = "reopened";
}
