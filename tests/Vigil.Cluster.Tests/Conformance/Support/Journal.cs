namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>What happened, in order, written by grains and awaited by the test.</summary>
internal sealed class Journal
{
    private readonly Lock _lock = new();
    private readonly List<string> _entries = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal IReadOnlyList<string> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    internal void Add(string entry)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _entries.Add(entry);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    internal int Count(string entry) => Entries.Count(other => other == entry);

    internal Task HasAsync(string entry, int times = 1) =>
        UntilAsync(entries => entries.Count(other => other == entry) >= times).Within($"'{entry}' {times} times in [{string.Join(", ", Entries)}]");

    private async Task UntilAsync(Func<List<string>, bool> condition)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition(_entries))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed;
        }
    }
}
