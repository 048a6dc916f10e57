namespace Vigil.Grains.Polling.Requests;

/// <summary>
/// Proves that a platform which does not return a run returns what it has at the same time. It waits by the monotonic clock, because the execution's grain
/// uses the system clock, which may have been set forward since the first not-found.
/// </summary>
internal sealed class AbsenceProver(ConnectionScope scope, CredentialProbe probe, PollHealth health)
{
    // Runs are polled at least this often, unless the budget is short.
    private static readonly TimeSpan SeenAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeAge = TimeSpan.FromSeconds(10);

    /// <summary>Returns what the platform finds while it does not return the run, to which a request of its own was sent at <paramref name="leftAt"/>.</summary>
    public async Task<AbsenceProof> ProveAsync(TrackedRun run, TimeSpan leftAt)
    {
        bool findsSomething;
        lock (scope.Lock)
        {
            var confirmation = scope.Services.Options.NotFoundConfirmation;
            if (run.MissingSince is not { } since || leftAt - since < confirmation)
            {
                return AbsenceProof.None;
            }

            if (health.SeenAt > since && health.SeenAt >= leftAt - SeenAge)
            {
                // This run was not seen since, so it was another one.
                return AbsenceProof.RunFound;
            }

            // If several runs are gone together, their platform may have lost sight of all of them.
            findsSomething = scope.Runs.Count == 1 && scope.Connection.Capabilities.ProbeFindsSomething;
            if (!findsSomething && leftAt - since < confirmation * LifecycleLimits.UnprovenFactor)
            {
                return AbsenceProof.None;
            }
        }

        return await probe.ProbeAsync(notBefore: leftAt - ProbeAge) is not ProbeResult.Accepted ? AbsenceProof.None
            : findsSomething ? AbsenceProof.ProbeFound
            : AbsenceProof.ProbeAnswered;
    }
}
