using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.OrleansAssumptions.Support;

/// <summary>What happened, in order: written by grains, awaited by tests.</summary>
internal sealed class Journal
{
    private ImmutableArray<string> _entries = [];
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ImmutableArray<string> Entries => _entries;

    public void Add(string entry)
    {
        ImmutableInterlocked.Update(ref _entries, (entries, added) => entries.Add(added), entry);
        Interlocked.Exchange(ref _added, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    public int Count(string entry) => Entries.Count(other => other == entry);

    public async Task HasAsync(string entry, int times = 1)
    {
        while (true)
        {
            // Taken before the count: an entry that the count misses completes it.
            var added = Volatile.Read(ref _added).Task;
            if (Count(entry) >= times)
            {
                return;
            }

            await added.OrFailAsync($"There were not {times} times '{entry}' in: {string.Join(", ", Entries)}.");
        }
    }
}
