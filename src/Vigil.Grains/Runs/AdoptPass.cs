using Vigil.Grains.Polling;

namespace Vigil.Grains.Runs;

/// <summary>
/// One connection's standing adopt rule. A pass reads the platform's list of active runs and adopts those that no execution watches; what the list tells is
/// their first observation. Where the platform can filter by the time of creation, a pass also reads what was created since the pass before, which finds runs
/// that ended in between.
/// </summary>
internal sealed class AdoptPass(PlatformConnection connection, AdoptRule rule, SiloPoller poller, IVigilStore store, IGrainFactory grains, TimeProvider time)
{
    private const int MaxPages = 100;
    private const int MaxConcurrentAdoptions = 16;

    // By how much the platform's list may lag behind its runs.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    // After this time, a start of our own has been answered or given up.
    private readonly TimeSpan _startWindow = connection.Options.RequestTimeout + LifecycleLimits.SendWindow + LifecycleLimits.AnswerMargin;

    private DateTimeOffset? _since;
    private long _adopted;

    /// <summary>Runs one pass and returns the runs that could not be adopted, with the errors.</summary>
    public async Task<IReadOnlyList<(string RemoteId, VigilException Error)>> RunAsync(CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        var found = new Dictionary<string, Observation>(StringComparer.Ordinal);
        var watched = 0;
        foreach (var filter in Filters())
        {
            watched += await ReadAsync(filter, found, cancellationToken);
        }

        var chosen = found.Take(Math.Max(0, rule.MaxWatched - watched)).ToArray();
        var failed = new List<(string, VigilException)>();
        foreach (var batch in chosen.Chunk(MaxConcurrentAdoptions))
        {
            failed.AddRange((await Task.WhenAll(batch.Select(run => AdoptAsync(run.Key, run.Value)))).OfType<(string, VigilException)>());
        }

        _since = startedAt;
        await grains.GetGrain<IConnectionGrain>(ConnectionKey.Of(connection.Name)).ReportAdoptionAsync(new(_adopted, found.Count - chosen.Length));
        return failed;
    }

    private IEnumerable<RunFilter> Filters()
    {
        yield return new() { Statuses = RunListFilters.Active, Targets = [.. rule.Targets] };
        if (_since is { } since && connection.Platform.RunFilters.Contains(RunListFilters.CreatedAfter))
        {
            yield return new() { CreatedAfter = since - Overlap, Targets = [.. rule.Targets] };
        }
    }

    /// <summary>Adds the runs of a list that are to be adopted, and returns how many active ones of it are watched that are not among those found before.</summary>
    private async Task<int> ReadAsync(RunFilter filter, Dictionary<string, Observation> found, CancellationToken cancellationToken)
    {
        var isActiveList = !filter.Statuses.IsEmpty;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var watched = 0;
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var reply = await poller.ListRunsAsync(connection.Name, filter, cursor, RequestLimits.MaxPageSize, cancellationToken);
            ListedRun[] runs = [.. reply.Value!.Runs.Where(run => seen.Add(run.RemoteId))];
            var (foreign, known) = await SplitAsync(runs, reply.SentAt, cancellationToken);
            watched += isActiveList ? known : 0;
            foreach (var run in foreign)
            {
                if (RunLister.ObservationOf(run, reply.SentAt, reply.ReceivedAt) is { } observation)
                {
                    found.TryAdd(run.RemoteId, observation);
                }
            }

            // A list may shift while it is read; a page that brings nothing new ends the pass.
            cursor = reply.Value.NextCursor;
            if (cursor is null || runs.Length == 0 || watched + found.Count > rule.MaxWatched)
            {
                break;
            }
        }

        return watched;
    }

    /// <summary>
    /// Returns the runs that no execution watches or is just starting, and how many are watched. Whether starts are on the way is read before who watches, so
    /// that a start that is confirmed in between is seen in one of the two.
    /// </summary>
    private async Task<(List<ListedRun> Foreign, int Watched)> SplitAsync(ListedRun[] runs, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        var hasMarker = connection.Capabilities.StartMarker;
        var starting = !hasMarker
            && (await store.ListAsync(new() { Connection = connection.Name, Statuses = [ExecutionStatus.Submitting], PageSize = 1 }, cancellationToken)).States.Length > 0;
        var watched = await store.FindByRemoteIdsAsync(connection.Name, [.. runs.Select(run => run.RemoteId)], cancellationToken);
        var foreign = new List<ListedRun>();
        foreach (var run in runs.Where(run => !watched.ContainsKey(run.RemoteId)))
        {
            // A run of unknown age may be our own start, too.
            var isOwn = starting && !((run.CreatedAt ?? run.Snapshot?.StartedAt) < sentAt - _startWindow);
            if (!isOwn && (run.Marker is not { } marker || await store.ReadAsync(new(StateKind.Execution, marker), cancellationToken) is null))
            {
                foreign.Add(run);
            }
        }

        return (foreign, watched.Count);
    }

    private async Task<(string, VigilException)?> AdoptAsync(string remoteId, Observation observation)
    {
        var request = new AdoptExecution { Connection = connection.Name, RemoteId = remoteId, Target = observation.Snapshot.Target };
        try
        {
            var result = await grains.GetGrain<IAdoptionGrain>(IAdoptionGrain.KeyOf(connection.Name, remoteId)).AdoptAsync(request, executionId: null, observation);
            _ = result.Created ? Interlocked.Increment(ref _adopted) : 0;
            return null;
        }
        catch (VigilException e) when (e is not VigilUnavailableException)
        {
            // One run that cannot be adopted must not keep the others from it.
            return (remoteId, e);
        }
    }
}
