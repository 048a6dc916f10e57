namespace Vigil.Simulator.Moderately;

/// <summary>A page of the list. It is sorted by start time, so in a list filtered by status a run that ends shifts the later pages.</summary>
internal static class ExecutionPage
{
    public static object Of(SimulatedPlatforms world, ExecutionQuery query, string operation, Func<SimulatedRun, bool> exists)
    {
        var now = world.Time.GetUtcNow();
        var candidates = query.Ids is { } ids
            ? ids.Distinct().Select(id => world.Runs.Find("moderately", id)).OfType<SimulatedRun>()
            : world.Runs.Of("moderately");
        var chosen = query.Sort([.. candidates.Where(run => exists(run) && query.Matches(run, now))], now);
        var shift = query.Page > 1 ? world.Faults.PageShift("moderately", operation) : 0;
        var first = Math.Max(0, ((long)(query.Page - 1) * query.PageSize) + shift);
        var items = chosen.Skip((int)Math.Min(first, int.MaxValue)).Take(query.PageSize - Math.Min(shift, 0))
            .Select(run => world.Find("moderately", run.Id, operation))
            .OfType<(SimulatedRun Run, RunState State)>()
            .Select(item => query.Kind == PipelineBody.Kind ? PipelineBody.Of(item.Run, item.State) : ExecutionBody.Of(item.Run, item.State));
        return ToPage(items.ToArray(), query.Page, query.PageSize, chosen.Count);
    }

    public static object ToPage<T>(T[] items, int page, int pageSize, int totalItems)
    {
        var totalPages = (totalItems + pageSize - 1) / pageSize;
        return new
        {
            items,
            pagination = new { page, pageSize, totalItems, totalPages, hasNextPage = page < totalPages, hasPreviousPage = page > 1 && totalItems > 0 },
        };
    }
}
