using Orleans.Placement;
using Vigil.Cluster.Tests.Conformance.Observers;
using Vigil.Cluster.Tests.Conformance.State;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Clusters;

/// <summary>Knows on which silo it is, and may come to be on another.</summary>
[Alias("conformance.IMovingGrain")]
internal interface IMovingGrain : IGrainWithStringKey
{
    /// <summary>Returns the address of its silo, in parsable form.</summary>
    [Alias("GetSilo")]
    Task<string> GetSiloAsync();

    /// <summary>Returns the number of the activation.</summary>
    [Alias("GetNumber")]
    Task<int> GetNumberAsync();

    /// <summary>As <see cref="GetNumberAsync"/>, for those in a hurry.</summary>
    [Alias("GetNumberSoon"), ResponseTimeout("00:00:00.500")]
    Task<int> GetNumberSoonAsync();

    [Alias("Write")]
    Task WriteAsync(string text);

    [Alias("Read")]
    Task<string?> ReadAsync();

    /// <summary>Keeps something that is no state.</summary>
    [Alias("Remember")]
    Task RememberAsync(string text);

    [Alias("Recall")]
    Task<string?> RecallAsync();

    [Alias("Hold")]
    Task HoldAsync();

    /// <summary>Waits for another grain that holds.</summary>
    [Alias("HoldThrough")]
    Task HoldThroughAsync(IMovingGrain other);

    /// <summary>Asks another grain for its silo.</summary>
    [Alias("GetSiloOf")]
    Task<string> GetSiloOfAsync(IMovingGrain other);

    [Alias("Fail")]
    Task FailAsync();

    [Alias("FailThrough")]
    Task FailThroughAsync(IMovingGrain other);

    [Alias("Ask")]
    Task<string> AskAsync(IWatcher watcher, string question);

    [Alias("Remind")]
    Task RemindAsync(TimeSpan dueTime, TimeSpan period);

    [Alias("Migrate")]
    Task MigrateAsync();

    /// <summary>Asks to migrate, and goes on until the gate opens.</summary>
    [Alias("MigrateAndHold")]
    Task<int> MigrateAndHoldAsync();
}

[ActivationCountBasedPlacement]
internal sealed class MovingGrain(
    [PersistentState("note", ConformanceCluster.Scripted)] IPersistentState<NoteState> state,
    ILocalSiloDetails silo,
    Stage stage) : Grain, IMovingGrain, IRemindable
{
    private int _number;
    private string? _remembered;

    private string Key => this.GetPrimaryKeyString();

    private Journal Journal => stage.Journal(Key);

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

    public Task<string> GetSiloAsync() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task<int> GetNumberAsync() => Task.FromResult(_number);

    public Task<int> GetNumberSoonAsync() => GetNumberAsync();

    public Task WriteAsync(string text)
    {
        state.State.Text = text;
        return state.WriteStateAsync();
    }

    public Task<string?> ReadAsync() => Task.FromResult(state.State.Text);

    public Task RememberAsync(string text)
    {
        _remembered = text;
        return Task.CompletedTask;
    }

    public Task<string?> RecallAsync() => Task.FromResult(_remembered);

    public Task HoldAsync() => stage.Gate(Key).PassAsync();

    public Task HoldThroughAsync(IMovingGrain other) => other.HoldAsync();

    public Task<string> GetSiloOfAsync(IMovingGrain other) => other.GetSiloAsync();

    public Task FailAsync() => throw new Exceptions.ItemException("hammer", [1, 2, 3]);

    public Task FailThroughAsync(IMovingGrain other) => other.FailAsync();

    public Task<string> AskAsync(IWatcher watcher, string question) => watcher.AskAsync(question);

    public Task RemindAsync(TimeSpan dueTime, TimeSpan period) => this.RegisterOrUpdateReminder("plain", dueTime, period);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Journal.Add($"ticks on {silo.SiloAddress.ToParsableString()}");
        return Task.CompletedTask;
    }

    public Task MigrateAsync()
    {
        MigrateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<int> MigrateAndHoldAsync()
    {
        MigrateOnIdle();
        await stage.Gate(Key).PassAsync();
        return _number;
    }
}
