namespace Vigil.Grains.Lifecycle;

/// <summary>
/// The reasons of outcomes concluded by Vigil, in <see cref="ExecutionFailure.Reason"/>, and of pending work that was given up. They are part of the API
/// and never change once published. A rejected start has the platform's code instead.
/// </summary>
internal static class VigilReasons
{
    /// <summary>Lost: the start or its answer was lost, it cannot be looked up, and the connection does not allow sending it again.</summary>
    public const string StartUnconfirmed = "start_unconfirmed";

    /// <summary>
    /// Lost: the platform did not know the run in at least three polls over two minutes, while it found another run or what its probe asks for; or over ten
    /// minutes, in which it answered but found nothing else. The detail has the times, the count and the proof. Also given-up work for the same reason.
    /// </summary>
    public const string NotFound = "not_found";

    /// <summary>Lost: the platform refused to return this run, as often and as long as for <see cref="NotFound"/>; its answer is in the detail.</summary>
    public const string Refused = "refused";

    /// <summary>Abandoned: the deadline passed; if the run could not be followed, the detail says why.</summary>
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
