using Orleans.Concurrency;
using Vigil.Grains.Connections;
using Vigil.Grains.Polling;
using Vigil.Grains.Executions;
using Vigil.Grains.Recovery;

namespace Vigil.Grains.Queries;

/// <summary>Answers clients from this silo's store and poller, and translates their errors into those of the contract.</summary>
[GrainType(TypeName), StatelessWorker]
internal sealed class QueryGrain(
    IVigilStore store,
    StoreHealth storeHealth,
    ExecutionReader reader,
    EventReader events,
    SiloPoller poller,
    ClusterConnections connections,
    SiloConnectionsClient silos,
    RecoveryService recovery,
    TimeProvider time) : Grain, IQueryGrain, IIncomingGrainCallFilter
{
    public const string TypeName = "query";

    // Less than a caller of the readiness waits for this grain.
    private static readonly TimeSpan MaxStoreWait = TimeSpan.FromSeconds(3);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (InvalidCursorException e)
        {
            throw new InvalidRequestException([new("cursor", e.Message)]);
        }
        catch (StoreException e)
        {
            throw new VigilUnavailableException("The store cannot be reached.", "store_unavailable", e);
        }
    }

    public Task<Execution?> FindAsync(string id) => reader.FindAsync(id);

    public Task<Execution?> FindByRemoteIdAsync(string connection, string remoteId) => reader.FindByRemoteIdAsync(connection, remoteId);

    public Task<KeptAnswer?> ReadOutputAsync(string id) => reader.ReadOutputAsync(id);

    public Task<KeptAnswer?> ReadRawAsync(string id) => reader.ReadRawAsync(id);

    public Task<ExecutionList> ListAsync(ExecutionQuery query)
    {
        RequestLimits.ThrowIfAny(RequestLimits.Check(query));
        return reader.ListAsync(query);
    }

    public Task<StepList> ListStepsAsync(string id, int pageSize, string? cursor, CancellationToken cancellationToken) =>
        pageSize is < 1 or > StepList.MaxPageSize
            ? throw new InvalidRequestException([new("page_size", $"must be from 1 to {StepList.MaxPageSize}.")])
            : reader.ListStepsAsync(id, pageSize, cursor, cancellationToken);

    public Task<ImmutableArray<FieldError>> CheckAsync(StartExecution request) => connections.Knows(request.Connection)
        ? silos.For(request.Connection).CheckAsync(request)
        : Task.FromResult(StartRules.Check(request, connections: null, out _));

    public Task<Observation?> ObserveAsync(AdoptExecution request, CancellationToken cancellationToken)
    {
        RequestLimits.ThrowIfAny(StartRules.Check(request, connections: null));
        return silos.For(request.Connection).ObserveAsync(request, cancellationToken);
    }

    public async Task<PlatformRunList> ListRunsAsync(
        string connection, RunFilter filter, int pageSize, string? cursor, bool observe, CancellationToken cancellationToken)
    {
        RequestLimits.ThrowIfAny(RequestLimits.Check(new ExecutionQuery { PageSize = pageSize }));
        var page = await silos.For(connection).ListRunsAsync(connection, filter, pageSize, cursor, observe, cancellationToken);
        var watched = await store.FindByRemoteIdsAsync(connection, [.. page.Items.Select(run => run.RemoteId)], cancellationToken);
        return page with { Items = [.. page.Items.Select(run => run with { Execution = watched.GetValueOrDefault(run.RemoteId) })] };
    }

    public Task<EventPage> ReadEventsAsync(EventQuery query, TimeSpan wait, CancellationToken cancellationToken)
    {
        RequestLimits.ThrowIfAny(RequestLimits.Check(query.Filter));
        return events.ReadAsync(query, wait, cancellationToken);
    }

    public Task<EventPage> ReadEventsAsync(string id, long afterVersion, long afterSeq) => events.ReadAsync(id, afterVersion, afterSeq);

    public async Task<ExecutionStats> GetStatsAsync()
    {
        var attention = await store.CountByAttentionAsync();
        return new(
            (await store.CountByStatusAsync()).ToImmutableSortedDictionary(),
            new(attention.Values.Sum(), attention.ToImmutableSortedDictionary(StringComparer.Ordinal)));
    }

    public async Task<ImmutableArray<ConnectionStatus>> ListConnectionsAsync() => [.. await Task.WhenAll(connections.Names.Select(GetConnectionAsync))];

    public Task<ConnectionStatus> GetConnectionAsync(string name) => silos.For(name).GetStatusAsync(name);

    public Task<string> GetVersionAsync() => Task.FromResult(VigilVersion.Current);

    public async Task<ImmutableArray<string>> ListMissingAsync()
    {
        var missing = ImmutableArray.CreateBuilder<string>();
        if (!recovery.FirstAudit.IsCompleted)
        {
            // It runs once the silo is active, so it covers that as well.
            missing.Add("first_audit");
        }

        if (!poller.MayAct)
        {
            missing.Add("database_claim");
        }

        if (!await IsStoreReadyAsync())
        {
            missing.Add("store");
        }

        return missing.ToImmutable();
    }

    private async Task<bool> IsStoreReadyAsync()
    {
        try
        {
            var written = storeHealth.CanWriteAsync();
            await Task.WhenAll(written, store.ReadEventHeadAsync()).WaitAsync(MaxStoreWait, time);
            return await written;
        }
        catch (Exception e) when (e is StoreException or TimeoutException)
        {
            return false;
        }
    }
}
