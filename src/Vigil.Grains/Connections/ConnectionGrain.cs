using Orleans.Placement;

namespace Vigil.Grains.Connections;

/// <summary>Stores whether a connection is suspended, for all silos and across restarts. The pollers act on it.</summary>
[GrainType("connection"), ActivationCountBasedPlacement]
internal sealed class ConnectionGrain(
    [PersistentState("connection", VigilStorage.UnindexedProviderName)] IPersistentState<ConnectionRecord> storage,
    TimeProvider time) : Grain, IConnectionGrain
{
    private ConnectionHealth _committed = new(Suspended: false);
    private AdoptCounts? _adoption;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _committed = storage.State.Health;
        return Task.CompletedTask;
    }

    public Task<ConnectionHealth> GetAsync() => Task.FromResult(_committed with { Adoption = _adoption });

    public Task ReportAdoptionAsync(AdoptCounts counts)
    {
        _adoption = counts;
        return Task.CompletedTask;
    }

    // A suspension for a refused credential lifts by itself; an operator's pause replaces it and must not be lifted with it.
    public Task<ConnectionHealth> SuspendAsync(string reason) =>
        _committed.Suspended && (_committed.Reason == reason || _committed.Reason != SuspensionReasons.CredentialRefused)
            ? Task.FromResult(_committed)
            : CommitAsync(new(Suspended: true, reason, time.GetUtcNow()));

    public Task<ConnectionHealth> ResumeAsync() =>
        _committed.Suspended ? CommitAsync(new(Suspended: false)) : Task.FromResult(_committed);

    private async Task<ConnectionHealth> CommitAsync(ConnectionHealth health)
    {
        storage.State = new() { Health = health };
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            // The write may or may not have succeeded, so the next activation reads the state again.
            DeactivateOnIdle();
            throw;
        }

        return _committed = health;
    }
}

[GenerateSerializer, Immutable, Alias("vigil.ConnectionRecord")]
internal sealed record ConnectionRecord
{
    [Id(0)] public ConnectionHealth Health { get; init; } = new(Suspended: false);
}
