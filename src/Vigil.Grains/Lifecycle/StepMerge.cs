using System.Collections.Immutable;
using System.Globalization;

namespace Vigil.Grains.Lifecycle;

/// <summary>Takes the steps of an observation into the state: in short as entries, whole as reports to the step grains.</summary>
internal static class StepMerge
{
    /// <summary>
    /// Steps that the answer does not name stay as they were. A change carries the version of the write that will store it, which rises
    /// whatever is forgotten in a crash. A known step whose report was forgotten is reported again.
    /// </summary>
    public static ExecutionState Absorb(ExecutionState state, Observation observation)
    {
        var snapshots = observation.Snapshot.Steps;
        if (snapshots.IsDefaultOrEmpty)
        {
            return state;
        }

        var steps = state.Steps.ToBuilder();
        var reports = state.Reports.ToBuilder();
        var places = steps.Select((entry, place) => (entry.Summary.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place, StringComparer.Ordinal);
        var changed = false;
        foreach (var told in snapshots)
        {
            var known = places.TryGetValue(told.Id, out var place);
            var snapshot = known ? KeepName(told, steps[place].Summary) : told;
            if (!known && steps.Count == LifecycleLimits.Steps)
            {
                continue;
            }

            var fingerprint = Fingerprint.Of(snapshot).ToString("x16", CultureInfo.InvariantCulture);
            var entry = known && steps[place].Fingerprint == fingerprint
                ? steps[place]
                : new StepEntry(Summarize(snapshot), state.Version + 1, known ? steps[place].Acknowledged : 0, fingerprint);
            if (!known)
            {
                places.Add(snapshot.Id, steps.Count);
                steps.Add(entry);
                changed = true;
            }
            else if (!ReferenceEquals(steps[place], entry))
            {
                steps[place] = entry;
                changed = true;
            }

            if (entry.Acknowledged < entry.Version)
            {
                Report(reports, Telling.Report(state, entry, snapshot, observation.SentAt));
            }
        }

        return state with { Steps = changed ? steps.ToImmutable() : state.Steps, Reports = reports.ToImmutable() };
    }

    // Some answers name only the step that runs: what was told once is not forgotten when a later answer has but the id.
    private static StepSnapshot KeepName(StepSnapshot told, StepSummary known) => told.Name == told.Id ? told with { Name = known.Name } : told;

    private static void Report(ImmutableArray<WaitingReport>.Builder reports, StepReport report)
    {
        for (var i = 0; i < reports.Count; i++)
        {
            if (reports[i].Report.Snapshot.Id == report.Snapshot.Id)
            {
                // What is on its way under the same version stays so.
                reports[i] = reports[i].Report.Version == report.Version ? reports[i] with { Report = report } : new(report, Told: false);
                return;
            }
        }

        reports.Add(new(report, Told: false));
    }

    private static StepSummary Summarize(StepSnapshot snapshot) => new()
    {
        Id = snapshot.Id,
        Name = snapshot.Name,
        Kind = snapshot.Kind,
        Status = snapshot.Status,
        RawStatus = snapshot.RawStatus,
        FailureReason = Bodies.Cut(snapshot.Failure)?.Reason,
    };
}
