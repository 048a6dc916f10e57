namespace Vigil.Grains.Polling;

/// <summary>
/// Calls execution grains and repeats failed calls. A failed call may have been executed all the same, so it is repeated unchanged; the grain ignores what
/// it has already applied.
/// </summary>
internal sealed class GrainCalls(PollerServices services, CancellationToken stopped) : IDisposable
{
    // Bounded, because another silo that hosts the execution may still reach the store.
    private static readonly TimeSpan MaxStoreWait = TimeSpan.FromSeconds(10);
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    private readonly SemaphoreSlim _slots = new(services.Options.MaxConcurrentReports);

    /// <summary>Sends a report; returns false if it was no longer needed before it could be delivered.</summary>
    public async Task<bool> ReportAsync(string executionId, LifecycleInput.Report report, Func<bool> isNeeded)
    {
        var (succeeded, _) = await CallAsync(executionId, grain => grain.ApplyAsync(report).ThenTrue(), isNeeded);
        return succeeded;
    }

    /// <summary>Calls a grain and returns its answer, unless the call was no longer needed before it succeeded.</summary>
    public async Task<(bool Succeeded, T? Answer)> CallAsync<T>(string executionId, Func<IWatchedExecution, Task<T>> call, Func<bool> isNeeded)
    {
        for (var failures = 0; isNeeded();)
        {
            try
            {
                await WaitForStoreAsync();
                await _slots.WaitAsync(stopped);
                try
                {
                    return (true, await call(services.Grains.Execution(executionId)).WaitAsync(stopped));
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
                services.Log.GrainCallFailed(services.Store.FailureLevel, e, executionId, failures);
            }

            await Task.Delay(Retries.Delay(failures, services.Random), services.Time, stopped);
        }

        return (false, default);
    }

    // What the calls would have stored could not be, and all who wait do not come at once when the store is back.
    private async Task WaitForStoreAsync()
    {
        if (services.Store.IsFailing)
        {
            await services.Store.WhenWritableAsync(stopped).WaitAsync(MaxStoreWait, services.Time, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(TimeSpan.FromSeconds(services.Random.NextDouble()), services.Time, stopped);
        }
    }

    public void Dispose() => _slots.Dispose();
}

internal static class TaskResults
{
    /// <summary>Gives a task without a result the shape that generic calls need.</summary>
    public static async Task<bool> ThenTrue(this Task task)
    {
        await task;
        return true;
    }
}
