namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>Waits for what should happen soon, and says what was missing when it does not.</summary>
internal static class Patience
{
    /// <summary>Long enough for a busy machine: it is spent only by a test that fails.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    internal static async Task Within(this Task task, string missing)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Nothing came within {Limit.TotalSeconds} s: {missing}.");
        }
    }

    internal static async Task<T> Within<T>(this Task<T> task, string missing)
    {
        await ((Task)task).Within(missing);
        return await task;
    }

    /// <summary>Asks again and again. Only for what tells nobody when it changes.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition, string missing)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition().Within(missing))
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Nothing came within {Limit.TotalSeconds} s: {missing}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }
}
