using System.Runtime.CompilerServices;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Enumerations;

/// <summary>Counts for whoever listens.</summary>
[Alias("conformance.IEnumerationGrain")]
internal interface IEnumerationGrain : IGrainWithStringKey
{
    [Alias("Count")]
    IAsyncEnumerable<int> CountAsync(int to);

    /// <summary>Counts to two and fails.</summary>
    [Alias("Fail")]
    IAsyncEnumerable<int> FailAsync();

    /// <summary>Counts to one and waits for the token.</summary>
    [Alias("Wait")]
    IAsyncEnumerable<int> WaitAsync(CancellationToken cancellationToken);

    [Alias("Touch")]
    Task TouchAsync();

    /// <summary>Listens to another grain.</summary>
    [Alias("Sum")]
    Task<int> SumAsync(IEnumerationGrain other, int to);
}

internal sealed class EnumerationGrain(Stage stage) : Grain, IEnumerationGrain
{
    private Journal Journal => stage.Journal(this.GetPrimaryKeyString());

    public async IAsyncEnumerable<int> CountAsync(int to)
    {
        try
        {
            for (var i = 1; i <= to; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
        finally
        {
            Journal.Add("ended");
        }
    }

    public async IAsyncEnumerable<int> FailAsync()
    {
        yield return 1;
        await Task.Yield();
        yield return 2;
        throw new InvalidOperationException("The enumeration fails as told.");
    }

    public async IAsyncEnumerable<int> WaitAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return 1;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            Journal.Add($"ended, cancelled: {cancellationToken.IsCancellationRequested}");
        }
    }

    public Task TouchAsync() => Task.CompletedTask;

    public async Task<int> SumAsync(IEnumerationGrain other, int to)
    {
        var sum = 0;
        await foreach (var number in other.CountAsync(to))
        {
            sum += number;
        }

        return sum;
    }
}
