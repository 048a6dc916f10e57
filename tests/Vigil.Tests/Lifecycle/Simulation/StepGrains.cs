namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The step grains: each keeps the newest report, and not every one can be reached.</summary>
internal sealed class StepGrains(World world)
{
    private readonly Dictionary<string, StepReport> _known = [];

    public IReadOnlyDictionary<string, StepReport> Known => _known;

    /// <summary>Returns the versions that the steps have stored.</summary>
    public ImmutableDictionary<string, long> Stored(string executionId) =>
        _known.ToImmutableDictionary(known => StepKey.Of(executionId, known.Key).Value, known => known.Value.Version);

    /// <summary>Steps die with their execution's silo: what one acknowledged before its end may not have been stored.</summary>
    public void Crash()
    {
        foreach (var id in _known.Where(known => !known.Value.Snapshot.Status.IsTerminal() && world.Strikes()).Select(known => known.Key).ToArray())
        {
            _known.Remove(id);
        }
    }

    public ImmutableDictionary<string, long> Tell(ImmutableArray<StepReport> reports)
    {
        var reached = reports.Where(_ => !world.Strikes()).ToImmutableArray();
        foreach (var report in reached)
        {
            var known = _known.GetValueOrDefault(report.Snapshot.Id);
            if (known?.Version == report.Version && known.Snapshot.Status != report.Snapshot.Status)
            {
                throw new BrokenPromiseException($"Step {report.Snapshot.Id} was told two things under version {report.Version}.");
            }

            if (report.Version > world.Store.Row!.Version)
            {
                throw new BrokenPromiseException($"Step {report.Snapshot.Id} was told version {report.Version}, which is not stored.");
            }

            if (known is null || known.Version < report.Version)
            {
                _known[report.Snapshot.Id] = report;
            }
        }

        return reached.ToImmutableDictionary(report => report.Snapshot.Id, report => report.Version);
    }
}
