namespace Vigil.Grains.Polling;

/// <summary>
/// Calls execution grains until a call lands. A rejected call, a time-out or a lost silo says nothing of whether it was carried out, so it is
/// repeated as it was; the grain drops what it has applied already.
/// </summary>
internal sealed class GrainCalls(PollerServices services, CancellationToken stopped) : IDisposable
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    private readonly SemaphoreSlim _slots = new(services.Options.MaxConcurrentReports);

    /// <summary>Tells a grain something; returns whether it landed before nobody wanted it any more.</summary>
    public async Task<bool> TellAsync(string executionId, LifecycleInput.Report report, Func<bool> wanted)
    {
        var (landed, _) = await AskAsync(executionId, grain => Done(grain.ApplyAsync(report)), wanted);
        return landed;

        static async Task<bool> Done(Task told)
        {
            await told;
            return true;
        }
    }

    /// <summary>Asks a grain something; returns its answer, if it came before nobody wanted it any more.</summary>
    public async Task<(bool Landed, T? Answer)> AskAsync<T>(string executionId, Func<IWatchedExecution, Task<T>> ask, Func<bool> wanted)
    {
        for (var failures = 0; wanted();)
        {
            try
            {
                await _slots.WaitAsync(stopped);
                try
                {
                    return (true, await ask(services.Grains.Execution(executionId)).WaitAsync(stopped));
                }
                finally
                {
                    _slots.Release();
                }
            }
            catch (ExecutionNotFoundException)
            {
                services.Log.ExecutionUnknown(executionId);
                return (false, default);
            }
            catch (Exception e) when (!stopped.IsCancellationRequested)
            {
                failures++;
                services.Instruments.CallFailed();
                services.Log.GrainCallFailed(e, executionId, failures);
            }

            await Task.Delay(Retries.Delay(failures, services.Random), services.Time, stopped);
        }

        return (false, default);
    }

    public void Dispose() => _slots.Dispose();
}
