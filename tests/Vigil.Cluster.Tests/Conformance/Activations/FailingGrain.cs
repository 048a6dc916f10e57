using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>Fails to begin or to end while its journal says so: an entry "fail constructor", "fail activate" or "fail deactivate".</summary>
[Alias("conformance.IFailingGrain")]
internal interface IFailingGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task TouchAsync();

    [Alias("Deactivate")]
    Task DeactivateAsync();
}

internal sealed class FailingGrain : Grain, IFailingGrain
{
    private readonly Stage _stage;

    public FailingGrain(Stage stage)
    {
        _stage = stage;
        ThrowIfTold("constructor");
    }

    private Journal Journal => _stage.Journal(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Add("activating");
        ThrowIfTold("activate");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add("deactivating");
        ThrowIfTold("deactivate");
        return Task.CompletedTask;
    }

    public Task TouchAsync()
    {
        Journal.Add("touched");
        return Task.CompletedTask;
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private void ThrowIfTold(string step)
    {
        // Once each: the next activation is to do better.
        if (Journal.Count($"fail {step}") > Journal.Count($"failed {step}"))
        {
            Journal.Add($"failed {step}");
            throw new InvalidOperationException($"The {step} failed as told.");
        }
    }
}
