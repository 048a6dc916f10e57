namespace Vigil.Grains.Recovery;

/// <summary>
/// Writes in batches that this silo has taken over executions that their rows say another one watches. The owner is advisory: a correction that is
/// lost costs one needless wake at the next audit.
/// </summary>
internal sealed partial class OwnerCorrections(IVigilStore store, SiloMembers members, TimeProvider time, ILogger<OwnerCorrections> logger)
{
    private const int BatchSize = 1000;
    private const int Limit = 200_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _sync = new();
    private HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Notes that this silo watches an execution now.</summary>
    public void Note(string executionId)
    {
        lock (_sync)
        {
            if (_taken.Count < Limit)
            {
                _taken.Add(executionId);
            }
        }
    }

    /// <summary>Writes what is noted, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            foreach (var batch in Take().Chunk(BatchSize))
            {
                await WriteAsync([.. batch]);
            }
        }
    }

    private HashSet<string> Take()
    {
        lock (_sync)
        {
            var taken = _taken;
            _taken = taken.Count == 0 ? taken : new(StringComparer.Ordinal);
            return taken;
        }
    }

    private async Task WriteAsync(ImmutableArray<string> executionIds)
    {
        try
        {
            await store.SetOwnerAsync(executionIds, members.Self);
        }
        catch (Exception e)
        {
            LogNotCorrected(executionIds.Length, e);
        }
    }

    [LoggerMessage(3002, LogLevel.Warning, "The owner of {Count} executions could not be corrected; the next audit wakes them once more")]
    private partial void LogNotCorrected(int count, Exception exception);
}
