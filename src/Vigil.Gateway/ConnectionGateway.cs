namespace Vigil.Gateway;

/// <summary>Lists, pauses and resumes connections.</summary>
internal sealed class ConnectionGateway(IClusterClient cluster, GrainCalls calls)
{
    public Task<ImmutableArray<ConnectionStatus>> ListAsync(CancellationToken cancellationToken) =>
        calls.CallAsync(() => Queries.ListConnectionsAsync(), cancellationToken);

    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    public Task<ConnectionStatus> PauseAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(name, grain => grain.SuspendAsync(SuspensionReasons.Paused), cancellationToken);

    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    public Task<ConnectionStatus> ResumeAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(name, grain => grain.ResumeAsync(), cancellationToken);

    private IQueryGrain Queries => cluster.GetGrain<IQueryGrain>(IQueryGrain.Key);

    private async Task<ConnectionStatus> ChangeAsync(string name, Func<IConnectionGrain, Task<ConnectionHealth>> change, CancellationToken cancellationToken)
    {
        // Throws for an unknown connection before its grain stores anything.
        await calls.CallAsync(() => Queries.GetConnectionAsync(name), cancellationToken);
        await calls.CallAsync(() => change(cluster.GetGrain<IConnectionGrain>(ConnectionKey.Of(name))), cancellationToken);
        return await calls.CallAsync(() => Queries.GetConnectionAsync(name), cancellationToken);
    }
}
