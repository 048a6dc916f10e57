namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>How long tests wait before they say what was missing: it bounds a hang, so a machine may be as busy as it likes.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    public static async Task OrFailAsync(this Task task, string missing)
    {
        try
        {
            await task.WaitAsync(Long);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Assert.Fail(missing);
        }
    }

    public static async Task<T> OrFailAsync<T>(this Task<T> task, string missing)
    {
        await ((Task)task).OrFailAsync(missing);
        return await task;
    }
}
