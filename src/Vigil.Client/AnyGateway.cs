namespace Vigil.Client;

/// <summary>
/// Reads that any silo can answer. A frozen silo keeps its connections, so Orleans goes on sending to it and waits half a minute for each answer; but it
/// sends each call of a method with <c>[AnyGateway]</c> over the next gateway, so a repeated call reaches another silo.
/// </summary>
internal static class AnyGateway
{
    // More than the long poll, so that a silo that is up is asked twice only if it is overloaded.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks, asks again twice a second while nobody answers, and returns the first answer.</summary>
    /// <exception cref="TimeoutException">Nobody answered within five seconds.</exception>
    public static async Task<T> FirstAsync<T>(Func<Task<T>> read, TimeProvider time, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<T>> asked = [];
        var began = time.GetTimestamp();
        try
        {
            do
            {
                asked.Add(read());
                var pause = Task.Delay(asked.Count == 1 ? Patience : Interval, time, ending.Token);
                if (await Task.WhenAny([.. asked, pause]) is Task<T> answer)
                {
                    return await answer;
                }

                await pause;
            }
            while (time.GetElapsedTime(began) < Limit);
            throw new TimeoutException($"No silo answered within {Limit.TotalSeconds:0} seconds, over {asked.Count} calls.");
        }
        finally
        {
            await ending.CancelAsync();
            asked.ForEach(call => call.Ignore());
        }
    }
}
