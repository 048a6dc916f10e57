using Orleans.Concurrency;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Turns;

/// <summary>Shows who may run while somebody else awaits.</summary>
[Alias("conformance.ITurnsGrain")]
internal interface ITurnsGrain : IGrainWithStringKey
{
    /// <summary>Waits at the gate of that name.</summary>
    [Alias("Hold")]
    Task HoldAsync(string gate);

    [Alias("HoldInterleaved"), AlwaysInterleave]
    Task HoldInterleavedAsync(string gate);

    [Alias("Touch")]
    Task TouchAsync(string entry);

    [Alias("TouchInterleaved"), AlwaysInterleave]
    Task TouchInterleavedAsync(string entry);

    /// <summary>Reads, yields often, and writes back one more.</summary>
    [Alias("Increment")]
    Task<int> IncrementAsync();

    /// <summary>Many continuations of one call touch a plain counter.</summary>
    [Alias("CountFromManyContinuations")]
    Task<int> CountFromManyContinuationsAsync(int continuations);

    /// <summary>Says for each kind of await whether the code after it runs on the grain's scheduler.</summary>
    [Alias("WhereAwaitsResume")]
    Task<Dictionary<string, bool>> WhereAwaitsResumeAsync();

    /// <summary>Calls this grain itself, which can only end by its time-out.</summary>
    [Alias("CallSelf"), ResponseTimeout("00:00:00.500")]
    Task CallSelfAsync();

    [Alias("CallSelfInterleaved")]
    Task CallSelfInterleavedAsync();

    /// <summary>Calls another grain, which calls back, which can only end by its time-out.</summary>
    [Alias("CallRound"), ResponseTimeout("00:00:00.500")]
    Task CallRoundAsync(ITurnsGrain other);

    [Alias("CallRoundInterleaved")]
    Task CallRoundInterleavedAsync(ITurnsGrain other);

    [Alias("CallBack")]
    Task CallBackAsync(ITurnsGrain caller, bool interleaved);

    /// <summary>The same name twice, told apart by its arguments.</summary>
    [Alias("DescribeText")]
    Task<string> DescribeAsync(string text);

    [Alias("DescribeNumber")]
    Task<string> DescribeAsync(int number);

    [Alias("GetAmbient")]
    Task<string?> GetAmbientAsync();
}

internal sealed class TurnsGrain(Stage stage) : Grain, ITurnsGrain
{
    internal static readonly AsyncLocal<string?> Ambient = new();

    private int _value;

    public Task HoldAsync(string gate) => HoldAtAsync(gate);

    public Task HoldInterleavedAsync(string gate) => HoldAtAsync(gate);

    public Task TouchAsync(string entry)
    {
        Add(entry);
        return Task.CompletedTask;
    }

    public Task TouchInterleavedAsync(string entry) => TouchAsync(entry);

    public async Task<int> IncrementAsync()
    {
        var read = _value;
        for (var i = 0; i < 5; i++)
        {
            await Task.Yield();
        }

        return _value = read + 1;
    }

    public async Task<int> CountFromManyContinuationsAsync(int continuations)
    {
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, continuations).Select(_ => CountAsync()));
        return count;

        async Task CountAsync()
        {
            for (var i = 0; i < 10; i++)
            {
                await Task.Yield();
                count++;
            }
        }
    }

    public async Task<Dictionary<string, bool>> WhereAwaitsResumeAsync()
    {
        var home = TaskScheduler.Current;
        var found = new Dictionary<string, bool> { ["a call begins on a scheduler of its own"] = home != TaskScheduler.Default };

        await Task.Yield();
        found["after a yield"] = TaskScheduler.Current == home;

        var foreign = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.QueueUserWorkItem(_ => foreign.SetResult());
        await foreign.Task;
        found["after what another thread completed"] = TaskScheduler.Current == home;

        found["inside Task.Run"] = await Task.Run(() => TaskScheduler.Current == home);
        found["after Task.Run"] = TaskScheduler.Current == home;

        found["inside Task.Factory.StartNew"] = await Task.Factory.StartNew(() => TaskScheduler.Current == home);
        found["after Task.Factory.StartNew"] = TaskScheduler.Current == home;

        await GrainFactory.GetGrain<ITurnsGrain>($"{this.GetPrimaryKeyString()}/other").TouchAsync("touched");
        found["after a call"] = TaskScheduler.Current == home;

        found["after an await that does not continue on the captured context"] = await LeaveAsync(home);
        found["in the caller of one who left"] = TaskScheduler.Current == home;
        return found;
    }

    public Task CallSelfAsync() => this.AsReference<ITurnsGrain>().TouchAsync("self");

    public Task CallSelfInterleavedAsync() => this.AsReference<ITurnsGrain>().TouchInterleavedAsync("self");

    public Task CallRoundAsync(ITurnsGrain other) => other.CallBackAsync(this.AsReference<ITurnsGrain>(), interleaved: false);

    public Task CallRoundInterleavedAsync(ITurnsGrain other) => other.CallBackAsync(this.AsReference<ITurnsGrain>(), interleaved: true);

    public Task CallBackAsync(ITurnsGrain caller, bool interleaved) =>
        interleaved ? caller.TouchInterleavedAsync("back") : caller.TouchAsync("back");

    public Task<string> DescribeAsync(string text) => Task.FromResult($"text {text}");

    public Task<string> DescribeAsync(int number) => Task.FromResult($"number {number}");

    public Task<string?> GetAmbientAsync() => Task.FromResult(Ambient.Value);

    private static async Task<bool> LeaveAsync(TaskScheduler home)
    {
#pragma warning disable ORLEANS0014 // Leaving the grain's scheduler is what this shows.
        await Task.Run(static () => { }).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
#pragma warning restore ORLEANS0014
        return TaskScheduler.Current == home;
    }

    private async Task HoldAtAsync(string gate)
    {
        Add($"{gate} begins");
        await stage.Gate(gate).PassAsync();
        Add($"{gate} ends");
    }

    private void Add(string entry) => stage.Journal(this.GetPrimaryKeyString()).Add(entry);
}
