namespace Vigil.Grains.Lifecycle;

/// <summary>Merges the steps of an observation into the state: in short as entries, whole as reports to the step grains.</summary>
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

        var merged = new Merged(state, observation.SentAt);
        for (var i = 0; i < snapshots.Length; i++)
        {
            merged.Add(snapshots[i], i);
        }

        return merged.Result();
    }

    /// <summary>The lists while they are merged. There may be ten thousand steps, so no step costs a walk over the others.</summary>
    private sealed class Merged(ExecutionState state, DateTimeOffset sentAt)
    {
        private readonly ImmutableArray<StepEntry>.Builder _steps = state.Steps.ToBuilder();
        private readonly ImmutableArray<WaitingReport>.Builder _reports = state.Reports.ToBuilder();
        private Dictionary<string, int>? _places;
        private Dictionary<string, int>? _reportPlaces;
        private int _leftOut;
        private bool _changed;

        public void Add(StepSnapshot told, int index)
        {
            var place = PlaceOf(told.Id, index);
            var known = place < 0 ? null : _steps[place];
            if (known is null && _steps.Count == LifecycleLimits.Steps)
            {
                _leftOut++;
                return;
            }

            var snapshot = known is null ? told : KeepName(told, known.Summary);
            var fingerprint = Fingerprint.Of(snapshot).ToString("x16", CultureInfo.InvariantCulture);
            var entry = known?.Fingerprint == fingerprint
                ? known
                : new StepEntry(Summarize(snapshot), state.Version + 1, fingerprint) { Acknowledged = known?.Acknowledged ?? 0 };
            if (known is null)
            {
                _places?.Add(told.Id, _steps.Count);
                _steps.Add(entry);
            }
            else
            {
                _steps[place] = entry;
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

        // Most answers tell the steps in the order in which they are kept.
        private int PlaceOf(string id, int guess)
        {
            if (guess < _steps.Count && _steps[guess].Summary.Id == id)
            {
                return guess;
            }

            _places ??= Places(_steps.Select(entry => entry.Summary.Id));
            return _places.GetValueOrDefault(id, -1);
        }

        private void Report(StepReport report)
        {
            _reportPlaces ??= Places(_reports.Select(waiting => waiting.Report.Snapshot.Id));
            if (_reportPlaces.TryGetValue(report.Snapshot.Id, out var place))
            {
                // What is on its way under the same version stays so.
                _reports[place] = _reports[place].Report.Version == report.Version ? _reports[place] with { Report = report } : new(report, Reported: false);
                return;
            }

            _reportPlaces.Add(report.Snapshot.Id, _reports.Count);
            _reports.Add(new(report, Reported: false));
        }

        private static Dictionary<string, int> Places(IEnumerable<string> ids) =>
            ids.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place, StringComparer.Ordinal);
    }

    // Some answers name only the step that runs: what was told once is not forgotten when a later answer has but the id.
    private static StepSnapshot KeepName(StepSnapshot told, StepSummary known) => told.Name == told.Id ? told with { Name = known.Name } : told;

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
