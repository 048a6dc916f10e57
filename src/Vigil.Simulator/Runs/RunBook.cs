using System.Runtime.InteropServices;

namespace Vigil.Simulator;

/// <summary>All runs, by platform and id, and in the order of their starts.</summary>
public sealed class RunBook
{
    private readonly RunJournal? _journal;
    private readonly ConcurrentDictionary<(string Platform, string Id), SimulatedRun> _runs = new();
    private readonly Lock _lock = new();
    private readonly List<SimulatedRun> _inOrder = [];
    private readonly Dictionary<string, List<SimulatedRun>> _ofPlatform = [];

    internal RunBook(RunJournal? journal)
    {
        _journal = journal;
        foreach (var record in journal?.Read() ?? [])
        {
            Put(new SimulatedRun(record));
        }
    }

    /// <summary>Gets the number of runs.</summary>
    public int Count => _runs.Count;

    /// <summary>Finds a run, ignoring faults.</summary>
    public SimulatedRun? Find(string platform, string id) => _runs.GetValueOrDefault((platform, id));

    /// <summary>Returns all runs in the order of their starts.</summary>
    public IReadOnlyList<SimulatedRun> All()
    {
        lock (_lock)
        {
            return [.. _inOrder];
        }
    }

    /// <summary>Returns one platform's runs in the order of their starts, beginning at an index. Runs that start during the enumeration may be included.</summary>
    internal IEnumerable<SimulatedRun> Of(string platform, int from = 0)
    {
        const int BatchSize = 1_000;
        for (SimulatedRun[] batch; (batch = NextBatch()).Length > 0; from += batch.Length)
        {
            foreach (var run in batch)
            {
                yield return run;
            }
        }

        SimulatedRun[] NextBatch()
        {
            lock (_lock)
            {
                return _ofPlatform.TryGetValue(platform, out var runs) && from < runs.Count ? [.. runs.Slice(from, Math.Min(BatchSize, runs.Count - from))] : [];
            }
        }
    }

    internal void Add(SimulatedRun run)
    {
        _journal?.Write(run);
        Put(run);
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _journal?.Clear();
            _runs.Clear();
            _inOrder.Clear();
            _ofPlatform.Clear();
        }
    }

    private void Put(SimulatedRun run)
    {
        run.Changed += _journal is null ? null : _journal.Write;
        lock (_lock)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_ofPlatform, run.Platform, out _) ??= []).Add(run);
            _runs[(run.Platform, run.Id)] = run;
            _inOrder.Add(run);
        }
    }
}
