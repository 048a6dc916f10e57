namespace Vigil.Simulator.Moderately;

/// <summary>A page of the list, which is sorted only by the time of the start, so runs that end shift the later pages.</summary>
internal static class ExecutionPage
{
    public static object Of(SimulatedPlatforms world, ExecutionQuery query, string operation, Func<SimulatedRun, bool> isThere)
    {
        var now = world.Time.GetUtcNow();
        var candidates = query.Ids is { } ids
            ? ids.Distinct().Select(id => world.Runs.Find("moderately", id)).OfType<SimulatedRun>()
            : world.Runs.Of("moderately");
        var chosen = candidates.Where(run => isThere(run) && query.Matches(run, now)).ToList();
        if (!query.Ascending)
        {
            chosen.Reverse();
        }

        var slip = query.Page > 1 ? world.Faults.PageSlip("moderately", operation) : 0;
        var first = Math.Max(0, ((long)(query.Page - 1) * query.PageSize) + slip);
        var items = chosen.Skip((int)Math.Min(first, int.MaxValue)).Take(query.PageSize - Math.Min(slip, 0))
            .Select(run => world.Find("moderately", run.Id, operation))
            .OfType<(SimulatedRun Run, RunState State)>()
            .Select(seen => ExecutionBody.Of(seen.Run, seen.State));
        return Paged(items.ToArray(), query.Page, query.PageSize, chosen.Count);
    }

    /// <summary>Writes a page of items.</summary>
    public static object Paged<T>(T[] items, int page, int pageSize, int totalItems)
    {
        var totalPages = (totalItems + pageSize - 1) / pageSize;
        return new
        {
            items,
            pagination = new { page, pageSize, totalItems, totalPages, hasNextPage = page < totalPages, hasPreviousPage = page > 1 && totalItems > 0 },
        };
    }
}
