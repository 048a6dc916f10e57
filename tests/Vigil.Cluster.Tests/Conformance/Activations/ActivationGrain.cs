using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>Writes down when it begins and ends.</summary>
[Alias("conformance.IActivationGrain")]
internal interface IActivationGrain : IGrainWithStringKey
{
    /// <summary>Returns the number of the activation, counted by the journal.</summary>
    [Alias("GetNumber")]
    Task<int> GetNumberAsync();

    [Alias("Deactivate")]
    Task DeactivateAsync();

    /// <summary>Asks for its end, and goes on until the gate opens.</summary>
    [Alias("DeactivateAndHold")]
    Task<int> DeactivateAndHoldAsync();
}

internal sealed class ActivationGrain : Grain, IActivationGrain, IDisposable
{
    private readonly Stage _stage;
    private readonly int _number;

    public ActivationGrain(Stage stage)
    {
        _stage = stage;
        Journal.Add("constructed");
        _number = Journal.Count("constructed");
    }

    private Journal Journal => _stage.Journal(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        Journal.Add("activated");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add($"deactivating: {reason.ReasonCode}");
        await Task.Yield();
        Journal.Add("deactivated");
    }

    public Task<int> GetNumberAsync()
    {
        Journal.Add($"called {_number}");
        return Task.FromResult(_number);
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<int> DeactivateAndHoldAsync()
    {
        DeactivateOnIdle();
        await _stage.Gate(this.GetPrimaryKeyString()).PassAsync();
        Journal.Add($"held {_number}");
        return _number;
    }

    public void Dispose() => Journal.Add("disposed");
}
