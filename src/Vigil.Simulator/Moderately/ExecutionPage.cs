namespace Vigil.Simulator.Moderately;

/// <summary>A page of the list, which is sorted only by the time of the start, so runs that end shift the later pages.</summary>
internal static class ExecutionPage
{
    public static object Of(SimulatedPlatforms world, ExecutionQuery query, string operation, Func<SimulatedRun, bool> isThere)
    {
        var now = world.Time.GetUtcNow();
        var chosen = Choose(world, query, now, isThere);
        var total = chosen.Count;
        var slip = query.Page > 1 ? world.Faults.PageSlip("moderately", operation) : 0;
        var first = Math.Max(0, ((long)(query.Page - 1) * query.PageSize) + slip);
        var items = chosen.Skip((int)Math.Min(first, int.MaxValue)).Take(query.PageSize - Math.Min(slip, 0))
            .Select(run => query.Ids is null ? world.Find("moderately", run.Id, operation) : world.Show("moderately", run.Id, operation))
            .OfType<(SimulatedRun Run, RunState State)>()
            .Select(seen => ExecutionBody.Of(seen.Run, seen.State));
        var pages = (total + query.PageSize - 1) / query.PageSize;
        return new
        {
            items = items.ToArray(),
            pagination = new
            {
                page = query.Page,
                pageSize = query.PageSize,
                totalItems = total,
                totalPages = pages,
                hasNextPage = query.Page < pages,
                hasPreviousPage = query.Page > 1 && total > 0,
            },
        };
    }

    private static List<SimulatedRun> Choose(SimulatedPlatforms world, ExecutionQuery query, DateTimeOffset now, Func<SimulatedRun, bool> isThere)
    {
        var candidates = query.Ids is { } ids
            ? ids.Distinct().Select(id => world.Runs.Find("moderately", id)).OfType<SimulatedRun>()
            : world.Runs.Of("moderately");
        var chosen = candidates.Where(run => isThere(run)
            && (query.Targets is null || query.Targets.Contains(run.Target.Id))
            && (query.Statuses is null || query.Statuses.Contains(ExecutionBody.StatusOf(run.PhaseAt(now))))
            && (query.HasOutput is null || query.HasOutput == (run.PhaseAt(now) == RunPhase.Succeeded && run.Script.Output is not null))).ToList();
        if (!query.Ascending)
        {
            chosen.Reverse();
        }

        return chosen;
    }
}
