namespace Vigil.Client;

/// <summary>The runs that a platform itself lists, and adopting many of them.</summary>
public sealed partial class ExecutionGateway
{
    private const int MaxConcurrentAdoptions = 16;
    private static readonly TimeSpan MaxAdoptionTime = TimeSpan.FromSeconds(60);

    /// <summary>Returns one page of the runs that the platform itself lists, each with the execution that watches it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="filter">Which runs.</param>
    /// <param name="pageSize">The maximum number of runs, from 1 to <see cref="RequestLimits.MaxPageSize"/>; the platform may have a lower limit.</param>
    /// <param name="cursor">The <see cref="PlatformRunList.NextCursor"/> of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="ListingNotSupportedException">The platform cannot list its runs.</exception>
    /// <exception cref="InvalidRequestException">The platform does not have a filter, or the cursor or the page size is not valid.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    public Task<PlatformRunList> ListRunsAsync(
        string connection, RunFilter filter, int pageSize = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        _calls.AskPlatformAsync(() => Queries.ListRunsAsync(connection, filter, pageSize, cursor, observe: false, cancellationToken), cancellationToken);

    /// <summary>Adopts several runs. What is watched already stays as it is, so it is safe to repeat. After 60 seconds, the runs that are left are not adopted.</summary>
    /// <param name="request">How to watch each of them; its run and its target are ignored.</param>
    /// <param name="remoteIds">The runs.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="InvalidRequestException">The request is invalid for all runs.</exception>
    public async Task<AdoptedRunList> AdoptAsync(AdoptExecution request, ImmutableArray<string> remoteIds, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalidForAll(request);
        await _calls.CallAsync(() => Queries.GetConnectionAsync(request.Connection), cancellationToken);
        return new(await AdoptEachAsync(request, [.. remoteIds.Select(id => new PlatformRun { RemoteId = id })], cancellationToken), null);
    }

    /// <summary>Adopts the runs of one page of the platform's own list. What the list tells is their first observation, so they are not looked at one by one.</summary>
    /// <param name="request">How to watch each of them; its run and its target are ignored.</param>
    /// <param name="filter">Which runs.</param>
    /// <param name="limit">The maximum number of runs, as the page size of <see cref="ListRunsAsync"/>.</param>
    /// <param name="cursor">The <see cref="AdoptedRunList.NextCursor"/> of the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the caller's wait.</param>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="ListingNotSupportedException">The platform cannot list its runs.</exception>
    /// <exception cref="InvalidRequestException">The request is invalid for all runs, or the platform does not have a filter.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    public async Task<AdoptedRunList> AdoptAsync(
        AdoptExecution request, RunFilter filter, int limit, string? cursor = null, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalidForAll(request);
        var page = await _calls.AskPlatformAsync(
            () => Queries.ListRunsAsync(request.Connection, filter, limit, cursor, observe: true, cancellationToken), cancellationToken);
        return new(await AdoptEachAsync(request, page.Items, cancellationToken), page.NextCursor);
    }

    private static void ThrowIfInvalidForAll(AdoptExecution request)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestLimits.ThrowIfAny([.. RequestLimits.Check(request).Where(error => error.Field != "remote_id")]);
    }

    private async Task<ImmutableArray<AdoptedRun>> AdoptEachAsync(AdoptExecution request, ImmutableArray<PlatformRun> runs, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(MaxAdoptionTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var results = new AdoptedRun[runs.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, runs.Length),
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentAdoptions, CancellationToken = cancellationToken },
            async (i, _) => results[i] = await AdoptOneAsync(request with { RemoteId = runs[i].RemoteId, Target = runs[i].Target }, runs[i], either.Token));
        return [.. results];
    }

    private async Task<AdoptedRun> AdoptOneAsync(AdoptExecution request, PlatformRun run, CancellationToken cancellationToken)
    {
        if (run.Execution is { } watching)
        {
            return new(run.RemoteId, watching, Created: false);
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (execution, created) = await AdoptAsync(request, key: null, run.Seen, cancellationToken);
            return new(run.RemoteId, execution.Id, created);
        }
        catch (VigilException e)
        {
            return new(run.RemoteId, null, Created: false, new(e.Code, e.Message));
        }
        catch (OperationCanceledException)
        {
            // If the caller has gone, nobody reads it.
            return new(run.RemoteId, null, Created: false, new("timed_out", $"It could not be adopted within {MaxAdoptionTime.TotalSeconds:0} seconds; repeat the request."));
        }
    }
}
