using Orleans.Placement;

namespace Vigil.Grains.Connections;

/// <summary>Keeps whether a connection is suspended, for all silos and over restarts. The pollers act on it.</summary>
[GrainType("connection"), ActivationCountBasedPlacement]
internal sealed class ConnectionGrain(
    [PersistentState("connection", VigilStorage.UnindexedProviderName)] IPersistentState<ConnectionRecord> storage,
    TimeProvider time) : Grain, IConnectionGrain
{
    private ConnectionHealth _committed = new(Suspended: false);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _committed = storage.State.Health;
        return Task.CompletedTask;
    }

    public Task<ConnectionHealth> GetAsync() => Task.FromResult(_committed);

    // A refused credential ends by itself, and a pause must not end with it.
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
            // Whether the write landed is unknown, so the next activation reads it again.
            DeactivateOnIdle();
            throw;
        }

        return _committed = health;
    }
}
