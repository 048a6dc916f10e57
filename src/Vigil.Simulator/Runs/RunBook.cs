using System.Collections.Concurrent;

namespace Vigil.Simulator;

/// <summary>Every run that was started, by platform and id, and in the order of their starts.</summary>
public sealed class RunBook
{
    private readonly ConcurrentDictionary<(string Platform, string Id), SimulatedRun> _runs = new();
    private readonly Lock _lock = new();
    private readonly List<SimulatedRun> _inOrder = [];

    /// <summary>Gets how many there are.</summary>
    public int Count => _runs.Count;

    /// <summary>Finds a run as it really is, faults aside.</summary>
    public SimulatedRun? Find(string platform, string id) => _runs.GetValueOrDefault((platform, id));

    /// <summary>Returns all runs in the order of their starts.</summary>
    public IReadOnlyList<SimulatedRun> All()
    {
        lock (_lock)
        {
            return [.. _inOrder];
        }
    }

    internal void Add(SimulatedRun run)
    {
        lock (_lock)
        {
            _runs[(run.Platform, run.Id)] = run;
            _inOrder.Add(run);
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _runs.Clear();
            _inOrder.Clear();
        }
    }
}
