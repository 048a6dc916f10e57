namespace Vigil.Grains.Lifecycle;

/// <summary>Merges the steps of an observation into the state: summaries as entries, full snapshots as reports to the step grains.</summary>
internal static class StepMerge
{
    /// <summary>
    /// Steps missing in the answer are kept. A changed entry gets the version of the write that will store it, so versions grow even across crashes. An
    /// unacknowledged step is reported again even if it has not changed.
    /// </summary>
    public static ExecutionState Absorb(ExecutionState state, Observation observation)
    {
        var snapshots = observation.Snapshot.Steps;
        if (snapshots.IsDefaultOrEmpty)
        {
            return state;
        }

        var merged = new Merged(state, observation.SentAt);
        for (var i = 0; i < snapshots.Length; i++)
        {
            merged.Add(snapshots[i], i);
        }

        return merged.Result();
    }

    /// <summary>The lists during the merge. There may be ten thousand steps, so merging one must not scan the others.</summary>
    private sealed class Merged(ExecutionState state, DateTimeOffset sentAt)
    {
        private readonly ImmutableArray<StepEntry>.Builder _steps = state.Steps.ToBuilder();
        private readonly ImmutableArray<WaitingReport>.Builder _reports = state.Reports.ToBuilder();
        private Dictionary<string, int>? _indexes;
        private Dictionary<string, int>? _reportIndexes;
        private int _leftOut;
        private bool _changed;

        public void Add(StepSnapshot seen, int position)
        {
            var index = IndexOf(seen.Id, position);
            var known = index < 0 ? null : _steps[index];
            if (known is null && _steps.Count == LifecycleLimits.Steps)
            {
                _leftOut++;
                return;
            }

            var snapshot = known is null ? seen : KeepName(seen, known.Summary);
            var fingerprint = Fingerprint.Of(snapshot).ToString("x16", CultureInfo.InvariantCulture);
            var entry = known?.Fingerprint == fingerprint
                ? known
                : new StepEntry(Summarize(snapshot), state.Version + 1, fingerprint) { Acknowledged = known?.Acknowledged ?? 0 };
            if (known is null)
            {
                _indexes?.Add(seen.Id, _steps.Count);
                _steps.Add(entry);
            }
            else
            {
                _steps[index] = entry;
            }

            _changed |= !ReferenceEquals(entry, known);
            if (entry.Acknowledged < entry.Version)
            {
                Report(Reporting.Report(state, entry, snapshot, sentAt));
            }
        }

        public ExecutionState Result() => state with
        {
            Steps = _changed ? _steps.ToImmutable() : state.Steps,
            StepsTotal = Math.Max(state.StepsTotal, _steps.Count + _leftOut),
            Reports = _reports.ToImmutable(),
        };

        // Most answers list the steps in the order in which they are kept.
        private int IndexOf(string id, int guess)
        {
            if (guess < _steps.Count && _steps[guess].Summary.Id == id)
            {
                return guess;
            }

            _indexes ??= IndexById(_steps.Select(entry => entry.Summary.Id));
            return _indexes.GetValueOrDefault(id, -1);
        }

        private void Report(StepReport report)
        {
            _reportIndexes ??= IndexById(_reports.Select(waiting => waiting.Report.Snapshot.Id));
            if (_reportIndexes.TryGetValue(report.Snapshot.Id, out var index))
            {
                // A report in flight with the same version stays in flight.
                _reports[index] = _reports[index].Report.Version == report.Version ? _reports[index] with { Report = report } : new(report, Reported: false);
                return;
            }

            _reportIndexes.Add(report.Snapshot.Id, _reports.Count);
            _reports.Add(new(report, Reported: false));
        }

        private static Dictionary<string, int> IndexById(IEnumerable<string> ids) =>
            ids.Select((id, index) => (id, index)).ToDictionary(pair => pair.id, pair => pair.index, StringComparer.Ordinal);
    }

    // Some answers contain only the running step's id as its name; a name that is already known is kept.
    private static StepSnapshot KeepName(StepSnapshot seen, StepSummary known) => seen.Name == seen.Id ? seen with { Name = known.Name } : seen;

    private static StepSummary Summarize(StepSnapshot snapshot) => new()
    {
        Id = snapshot.Id,
        Name = snapshot.Name,
        Kind = snapshot.Kind,
        Status = snapshot.Status,
        RawStatus = snapshot.RawStatus,
        FailureReason = Truncation.Cut(snapshot.Failure)?.Reason,
    };
}
