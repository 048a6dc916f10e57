using Orleans.Concurrency;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Calls;

/// <summary>Takes its time, and may be told to stop. The gate of the grain lets it go on.</summary>
[Alias("conformance.ICallGrain")]
internal interface ICallGrain : IGrainWithStringKey
{
    /// <summary>Waits for the gate or the token.</summary>
    [Alias("WaitFor")]
    Task<string> WaitForAsync(string what, CancellationToken cancellationToken);

    /// <summary>Waits for the gate whatever the token says, and then tells what it says.</summary>
    [Alias("Ignore")]
    Task<string> IgnoreAsync(CancellationToken cancellationToken);

    /// <summary>Waits through another grain.</summary>
    [Alias("WaitThrough")]
    Task<string> WaitThroughAsync(ICallGrain other, CancellationToken cancellationToken);

    [Alias("DescribeToken")]
    Task<string> DescribeTokenAsync(CancellationToken cancellationToken);

    [Alias("HoldShort"), ResponseTimeout("00:00:00.300")]
    Task HoldShortAsync();

    /// <summary>Has another grain hold, and says what comes of it.</summary>
    [Alias("HoldShortThrough")]
    Task<string> HoldShortThroughAsync(ICallGrain other);

    [Alias("Hold")]
    Task HoldAsync();

    [Alias("Touch")]
    Task TouchAsync(string entry);

    [Alias("Peek"), AlwaysInterleave]
    Task<int> PeekAsync();

    [Alias("Tell"), OneWay]
    Task TellAsync(string entry);

    [Alias("TellVoid"), OneWay]
    void TellVoid(string entry);

    [Alias("TellAndFail"), OneWay]
    Task TellAndFailAsync();

    [Alias("TellValue"), OneWay]
    ValueTask TellValueAsync(string entry);

    /// <summary>Tells another grain, without waiting, and then waits at the gate.</summary>
    [Alias("TellOther")]
    Task TellOtherAsync(ICallGrain other, string entry);
}

internal sealed class CallGrain(Stage stage) : Grain, ICallGrain
{
    private string Key => this.GetPrimaryKeyString();

    private Journal Journal => stage.Journal(Key);

    public async Task<string> WaitForAsync(string what, CancellationToken cancellationToken)
    {
        Journal.Add($"{what} begins");
        try
        {
            await stage.Gate(Key).PassAsync(cancellationToken);
            return "passed";
        }
        finally
        {
            Journal.Add($"{what} ends, cancelled: {cancellationToken.IsCancellationRequested}");
        }
    }

    public async Task<string> IgnoreAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() => Journal.Add("told to stop"));
        await stage.Gate(Key).PassAsync(CancellationToken.None);
        Journal.Add("went on");
        return $"cancelled: {cancellationToken.IsCancellationRequested}";
    }

    public async Task<string> WaitThroughAsync(ICallGrain other, CancellationToken cancellationToken) =>
        await other.WaitForAsync("other", cancellationToken);

    public Task<string> DescribeTokenAsync(CancellationToken cancellationToken) =>
        Task.FromResult($"cancelled: {cancellationToken.IsCancellationRequested}");

    public Task HoldShortAsync() => HoldAsync();

    public async Task<string> HoldShortThroughAsync(ICallGrain other)
    {
        try
        {
            await other.HoldShortAsync();
            return "nothing";
        }
        catch (TimeoutException exception)
        {
            return exception.GetType().Name;
        }
    }

    public async Task HoldAsync()
    {
        Journal.Add("hold begins");
        await stage.Gate(Key).PassAsync();
        Journal.Add("hold ends");
    }

    public Task TouchAsync(string entry)
    {
        Journal.Add(entry);
        return Task.CompletedTask;
    }

    public Task<int> PeekAsync() => Task.FromResult(Journal.Entries.Count);

    public Task TellAsync(string entry) => TouchAsync(entry);

    public void TellVoid(string entry) => Journal.Add(entry);

    public Task TellAndFailAsync()
    {
        Journal.Add("failing");
        throw new InvalidOperationException("Nobody hears this.");
    }

    public ValueTask TellValueAsync(string entry)
    {
        Journal.Add(entry);
        return ValueTask.CompletedTask;
    }

    public async Task TellOtherAsync(ICallGrain other, string entry)
    {
        await other.TellAsync(entry);
        await HoldAsync();
    }
}
