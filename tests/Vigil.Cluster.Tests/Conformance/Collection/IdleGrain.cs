using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Collection;

/// <summary>A grain that may have reasons to stay.</summary>
[Alias("conformance.IIdleGrain")]
internal interface IIdleGrain : IGrainWithStringKey
{
    /// <summary>Returns the number of the activation.</summary>
    [Alias("GetNumber")]
    Task<int> GetNumberAsync();

    [Alias("StartTimer")]
    Task StartTimerAsync(bool keepAlive);

    [Alias("Delay")]
    Task DelayAsync(TimeSpan time);

    /// <summary>Has another grain wait, longer than callers do.</summary>
    [Alias("HoldOther")]
    Task<string> HoldOtherAsync(IIdleGrain other);

    [Alias("Hold")]
    Task HoldAsync();
}

internal sealed class IdleGrain(Stage stage) : Grain, IIdleGrain
{
    private int _number;

    private Journal Journal => stage.Journal(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Add("activated");
        _number = Journal.Count("activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add($"deactivated: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<int> GetNumberAsync() => Task.FromResult(_number);

    public Task StartTimerAsync(bool keepAlive)
    {
        var often = TimeSpan.FromMilliseconds(100);
        this.RegisterGrainTimer(() => Task.CompletedTask, new GrainTimerCreationOptions(often, often) { KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task DelayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task<string> HoldOtherAsync(IIdleGrain other)
    {
        try
        {
            await other.HoldAsync();
            return "nothing";
        }
        catch (TimeoutException exception)
        {
            return exception.GetType().Name;
        }
    }

    public Task HoldAsync() => stage.Gate(this.GetPrimaryKeyString()).PassAsync();
}
