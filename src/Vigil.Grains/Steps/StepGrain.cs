using Orleans.Placement;

namespace Vigil.Grains.Steps;

/// <summary>
/// One step, placed on its execution's silo. Its end is stored before it is acknowledged; earlier changes are stored at most every ten seconds, because
/// the final report contains them again. A step without reports for that long is stored and deactivated: there are more steps than executions, and
/// rebalancing counts activations.
/// </summary>
[GrainType("step"), PreferLocalPlacement]
internal sealed class StepGrain(
    [PersistentState(VigilStorage.StepStateName, VigilStorage.ProviderName)] IPersistentState<StepRecord> storage,
    TimeProvider time) : Grain, IStepGrain
{
    private static readonly TimeSpan StoreEvery = TimeSpan.FromSeconds(10);

    private Step? _step;
    private IGrainTimer? _quiet;
    private bool _unstored;
    private DateTimeOffset _storedAt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _step = storage.State.Step;
        _storedAt = time.GetUtcNow();
        _quiet = this.RegisterGrainTimer(OnQuietAsync, StoreEvery, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task<Step> GetAsync()
    {
        var key = this.GetPrimaryKeyString();
        return Task.FromResult(_step ?? throw new ExecutionNotFoundException(key));
    }

    public async Task TellAsync(StepReport report)
    {
        if (_step is { } known && report.Version <= known.Version)
        {
            return;
        }

        _quiet?.Change(StoreEvery, Timeout.InfiniteTimeSpan);
        var step = StepChanges.Apply(_step, report);
        _unstored = true;
        if (step.Status.IsTerminal() || time.GetUtcNow() - _storedAt >= StoreEvery)
        {
            await StoreAsync(step);
        }

        _step = step;
        if (step.Status.IsTerminal())
        {
            DeactivateOnIdle();
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _unstored && _step is { } step ? StoreAsync(step) : Task.CompletedTask;

    private Task OnQuietAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task StoreAsync(Step step)
    {
        // A failed write may have succeeded: this activation does not retry it, and the next one reads the state again.
        _unstored = false;
        storage.State = new() { Step = step };
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        _storedAt = time.GetUtcNow();
    }
}
