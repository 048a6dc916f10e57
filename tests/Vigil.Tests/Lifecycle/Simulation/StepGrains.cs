namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>
/// The step grains: each lives with the process that told it first, keeps the newest report, and stores an end at once and anything else a little later.
/// Not every one can be reached.
/// </summary>
internal sealed class StepGrains(World world)
{
    private const double StoreAfterSeconds = 10;

    private readonly Dictionary<string, StepReport> _stored = [];
    private readonly Dictionary<string, Living> _living = [];
    private readonly Dictionary<string, StepReport> _told = [];

    /// <summary>Gets the last that each was told, whether it outlived the process or not.</summary>
    public IReadOnlyDictionary<string, StepReport> Told => _told;

    /// <summary>Gets what is stored of each.</summary>
    public IReadOnlyDictionary<string, StepReport> Stored => _stored;

    /// <summary>Returns the versions that the steps have stored, by the keys of their grains.</summary>
    public ImmutableDictionary<string, long> StoredVersions() =>
        _stored.Values.ToImmutableDictionary(report => StepKey.Of(report.ExecutionId, report.Snapshot.Id).Value, report => report.Version);

    public void Tell(StepReport report, Process caller)
    {
        if (world.Strikes())
        {
            throw new TimeoutException("The step's grain gave no answer.");
        }

        var id = report.Snapshot.Id;
        var known = Known(id);
        if (known?.Version == report.Version && known.Snapshot.Status != report.Snapshot.Status)
        {
            world.Break($"Step {id} was told two things under version {report.Version}.");
        }

        if (report.Version > world.Database.Row!.Version)
        {
            world.Break($"Step {id} was told version {report.Version}, which is not stored.");
        }

        if (known is null || known.Version < report.Version)
        {
            Take(report, caller);
        }

        if (world.Strikes())
        {
            throw new TimeoutException("The step's grain's answer was lost.");
        }
    }

    private StepReport? Known(string id) =>
        _living.GetValueOrDefault(id) is { Process.IsAlive: true } living ? living.Report : _stored.GetValueOrDefault(id);

    private void Take(StepReport report, Process caller)
    {
        var id = report.Snapshot.Id;
        var home = _living.GetValueOrDefault(id) is { Process.IsAlive: true } living ? living.Process : caller;
        _told[id] = report;
        _living[id] = new(report, home);
        if (report.Snapshot.Status.IsTerminal())
        {
            _stored[id] = report;
        }
        else
        {
            home.Post(StoreAfterSeconds, () => Store(report));
        }
    }

    private void Store(StepReport report)
    {
        if (_stored.GetValueOrDefault(report.Snapshot.Id) is not { } stored || stored.Version < report.Version)
        {
            _stored[report.Snapshot.Id] = report;
        }
    }

    /// <summary>A step's activation, with what it may not have stored yet.</summary>
    private sealed record Living(StepReport Report, Process Process);
}
