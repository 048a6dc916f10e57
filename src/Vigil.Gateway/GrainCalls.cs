namespace Vigil.Gateway;

/// <summary>
/// Repeats grain calls that a dying or moving silo did not answer. Until membership has declared a silo dead a part of the calls fails,
/// and every command of an execution may be repeated, so the caller need not know.
/// </summary>
internal sealed class GrainCalls(TimeProvider time)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Calls until there is an answer, for 15 seconds at most.</summary>
    /// <exception cref="VigilUnavailableException">No silo answered in time.</exception>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await call().WaitAsync(CallTimeout, time, cancellationToken);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                if (time.GetElapsedTime(started) + pause >= Patience)
                {
                    throw new VigilUnavailableException($"No silo took the request within {Patience.TotalSeconds:0} seconds: {e.Message}");
                }
            }

            // Jitter keeps the callers of a dead silo from coming back in step.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
        }
    }
}
