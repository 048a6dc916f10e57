using System.Diagnostics.CodeAnalysis;

namespace Vigil.Grains.Polling;

/// <summary>The tracked runs of a connection on this silo, by execution id. Guarded by the connection's lock.</summary>
internal sealed class TrackedRuns
{
    private readonly Dictionary<string, TrackedRun> _byExecution = new(StringComparer.Ordinal);

    public int Count => _byExecution.Count;

    public IReadOnlyCollection<TrackedRun> All => _byExecution.Values;

    public bool TryGet(string executionId, [NotNullWhen(true)] out TrackedRun? entry) => _byExecution.TryGetValue(executionId, out entry);

    public void Add(TrackedRun entry) => _byExecution.Add(entry.Id, entry);

    public TrackedRun? Remove(string executionId)
    {
        if (!_byExecution.Remove(executionId, out var entry))
        {
            return null;
        }

        entry.Forgotten = true;
        return entry;
    }
}
