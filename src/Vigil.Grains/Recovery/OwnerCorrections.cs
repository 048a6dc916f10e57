namespace Vigil.Grains.Recovery;

/// <summary>
/// Records, in batches, this silo as the owner of executions whose rows may name another one. The owner is advisory: a lost correction costs one
/// needless wake at the next audit.
/// </summary>
internal sealed partial class OwnerCorrections(IVigilStore store, StoreHealth health, SiloMembers members, TimeProvider time, ILogger<OwnerCorrections> logger)
{
    private const int BatchSize = 1000;
    private const int Limit = 200_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _sync = new();
    private HashSet<string> _taken = new(StringComparer.Ordinal);

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

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            await health.WhenWritableAsync(cancellationToken);
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
            LogNotCorrected(health.FailureLevel, executionIds.Length, e);
        }
    }

    [LoggerMessage(EventId = 3002, Message = "The owner of {Count} executions could not be corrected; the next audit wakes them again")]
    private partial void LogNotCorrected(LogLevel level, int count, Exception exception);
}
