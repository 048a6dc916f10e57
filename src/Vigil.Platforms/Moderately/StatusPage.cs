namespace Vigil.Platforms.Moderately;

internal static class StatusPage
{
    /// <summary>
    /// Returns the result for each requested run. A run that is missing from a complete page is unknown to the platform. A run whose item
    /// still has its known hash is not parsed.
    /// </summary>
    public static ImmutableArray<PollAnswer> Read(PlatformResponse response, ExecutionKind kind, IReadOnlyList<RemoteRun> runs, ReadOnlySpan<ulong> known)
    {
        // A request for fewer runs gets the outputs whole.
        if (HasNextPage(response) == true || response.IsShortened)
        {
            throw new PlatformException(new(
                PlatformErrorKind.BatchRefused, "page_too_large", $"The status request for {runs.Count} runs returned only a first part of them.", 200));
        }

        var items = ItemsOf(response);
        var ordered = IsInOrder(kind, items, runs) ? items : InOrder(response, kind, items, runs);
        var results = ImmutableArray.CreateBuilder<PollAnswer>(runs.Count);
        for (var i = 0; i < runs.Count; i++)
        {
            results.Add(ordered[i] is { Exists: true } item ? kind.Format.ReadChanged(response, item, runs[i], known.IsEmpty ? 0 : known[i]) : new PollAnswer.NotFound());
        }

        return results.MoveToImmutable();
    }

    /// <summary>Returns whether another page follows: as the page reports, or if it is full. An empty page is always the last.</summary>
    public static bool HasMore(PlatformResponse response, int pageSize)
    {
        var count = ItemsOf(response).Length;
        return count > 0 && (HasNextPage(response) ?? count >= pageSize);
    }

    // Most pages list the runs in the requested order.
    private static bool IsInOrder(ExecutionKind kind, JsonView[] items, IReadOnlyList<RemoteRun> runs) =>
        items.Length == runs.Count && items.Index().All(pair => kind.IsAbout(pair.Item, runs[pair.Index].RemoteId));

    private static JsonView[] InOrder(PlatformResponse response, ExecutionKind kind, JsonView[] items, IReadOnlyList<RemoteRun> runs)
    {
        var found = new Dictionary<string, JsonView>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            // A run may be listed twice if the page shifted while it was read.
            found[kind.Format.IdOf(item) ?? throw response.Unusable("it has a run without an id")] = item;
        }

        var ids = runs.Select(run => run.RemoteId.Trim()).ToList();

        // What is not exactly another run's may be a run's own id in another letter case.
        var inOtherCase = new Dictionary<string, JsonView>(found.ExceptBy(ids, pair => pair.Key), StringComparer.OrdinalIgnoreCase);
        return [.. ids.Select(id => found.TryGetValue(id, out var item) ? item : inOtherCase.GetValueOrDefault(id))];
    }

    private static bool? HasNextPage(PlatformResponse response)
    {
        var pagination = response.Json()["pagination"];
        var hasNext = pagination.Either("hasNextPage", "has_next_page");
        return hasNext.Exists ? hasNext.IsTruthy() : null;
    }

    private static JsonView[] ItemsOf(PlatformResponse response) => [.. response.List("items")];
}
