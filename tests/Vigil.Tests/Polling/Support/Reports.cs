using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Polling.Support;

/// <summary>What a report says, whichever of them it is; null where it says nothing of the kind.</summary>
internal static class Reports
{
    extension(LifecycleInput.Report report)
    {
        public Snapshot? Seen => (report as LifecycleInput.Observed)?.Observation.Snapshot;

        public Submitted? Started => (report as LifecycleInput.Confirmed)?.Submitted;

        public bool NothingFound => report is LifecycleInput.MarkerNotFound;

        public bool Alone => report is LifecycleInput.Observed { Single: true } or LifecycleInput.NotFound { Single: true };

        public PlatformError? Error => report switch
        {
            LifecycleInput.PollFailed failed => failed.Error,
            LifecycleInput.SubmitFailed failed => failed.Error,
            LifecycleInput.MarkerNotFound missed => missed.Error,
            _ => null,
        };

        public int Attempt => report switch
        {
            LifecycleInput.Observed observed => observed.Observation.Attempt,
            LifecycleInput.NotFound missed => missed.Attempt,
            LifecycleInput.PollFailed failed => failed.Attempt,
            _ => throw new InvalidOperationException($"{report.GetType().Name} is about no attempt."),
        };

        public DateTimeOffset SentAt => report switch
        {
            LifecycleInput.Observed observed => observed.Observation.SentAt,
            LifecycleInput.NotFound missed => missed.SentAt,
            LifecycleInput.PollFailed failed => failed.SentAt,
            _ => throw new InvalidOperationException($"{report.GetType().Name} has no time."),
        };

        public int ClaimNumber => report switch
        {
            LifecycleInput.Confirmed confirmed => confirmed.ClaimNumber,
            LifecycleInput.SubmitFailed failed => failed.ClaimNumber,
            LifecycleInput.NotSent notSent => notSent.ClaimNumber,
            _ => 0,
        };
    }
}
