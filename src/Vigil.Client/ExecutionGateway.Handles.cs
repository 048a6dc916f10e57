using System.Runtime.CompilerServices;

namespace Vigil.Client;

/// <summary>Connections, and what a client has beyond the HTTP API.</summary>
public sealed partial class ExecutionGateway
{
    /// <inheritdoc />
    public Task<ImmutableArray<ConnectionStatus>> ListConnectionsAsync(CancellationToken cancellationToken = default) =>
        _calls.CallAsync(Queries.ListConnectionsAsync, cancellationToken);

    /// <inheritdoc />
    public Task<ConnectionStatus> PauseConnectionAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, grain => grain.SuspendAsync(SuspensionReasons.Paused), cancellationToken);

    /// <inheritdoc />
    public Task<ConnectionStatus> ResumeConnectionAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, grain => grain.ResumeAsync(), cancellationToken);

    async Task<ExecutionHandle> IVigilClient.StartAsync(StartExecution request, string? key, CancellationToken cancellationToken) =>
        HandleOf(await StartAsync(request, key, cancellationToken));

    async Task<ExecutionHandle> IVigilClient.AdoptAsync(AdoptExecution request, string? key, CancellationToken cancellationToken) =>
        HandleOf(await AdoptAsync(request, key, cancellationToken));

    private ExecutionHandle HandleOf(StartResult result) => new(this, result.Execution.Id, result.Execution, _time);

    private async Task<ConnectionStatus> ChangeAsync(
        string name, Func<IConnectionGrain, Task<ConnectionHealth>> change, CancellationToken cancellationToken)
    {
        // Throws for an unknown connection before its grain stores anything.
        await _calls.CallAsync(() => Queries.GetConnectionAsync(name), cancellationToken);
        await _calls.CallAsync(() => change(_cluster.GetGrain<IConnectionGrain>(ConnectionKey.Of(name))), cancellationToken);
        return await _calls.CallAsync(() => Queries.GetConnectionAsync(name), cancellationToken);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        IFileGrain grain, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await OnceAsync(grain.ReadAsync(), cancellationToken) is { Length: > 0 } chunk)
        {
            yield return chunk;
        }
    }

    // The download is in one silo, so another cannot go on with it.
    private static async Task<T> OnceAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            throw new VigilUnavailableException("The silo of the download does not answer; open the file again.", inner: e);
        }
    }

    /// <inheritdoc cref="IQueryGrain.GetStatsAsync" />
    public Task<ExecutionStats> GetStatsAsync(CancellationToken cancellationToken = default) => _calls.CallAsync(Queries.GetStatsAsync, cancellationToken);
}
