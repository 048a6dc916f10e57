namespace Vigil.Platforms.Moderately;

/// <summary>Reads a page of agent executions.</summary>
internal static class StatusPage
{
    /// <summary>
    /// Returns the answer for each requested run. A run that is missing from a complete page is unknown to the platform. One whose part of the page
    /// still has the hash that is known of it is not read.
    /// </summary>
    public static ImmutableArray<PollAnswer> Answer(PlatformAnswer answer, IReadOnlyList<RemoteRun> runs, ReadOnlySpan<ulong> known)
    {
        var items = ItemsOf(answer);
        if (ReportsMore(answer) == true)
        {
            throw new PlatformException(new(
                PlatformErrorKind.BatchRefused, "page_too_large", $"The status request named {runs.Count} runs and was answered with a page of {items.Length}.", 200));
        }

        var ordered = IsInOrder(items, runs) ? items : InOrder(answer, items, runs);
        var answers = ImmutableArray.CreateBuilder<PollAnswer>(runs.Count);
        for (var i = 0; i < runs.Count; i++)
        {
            answers.Add(ordered[i] is { Exists: true } item ? AgentExecution.Format.ReadChanged(answer, item, runs[i], known.IsEmpty ? 0 : known[i]) : new PollAnswer.NotFound());
        }

        return answers.MoveToImmutable();
    }

    /// <summary>Returns whether another page follows: as the page says, or else if it is full. No page follows an empty one.</summary>
    public static bool HasMore(PlatformAnswer answer, int pageSize)
    {
        var count = ItemsOf(answer).Length;
        return count > 0 && (ReportsMore(answer) ?? count >= pageSize);
    }

    // Most pages list the runs in the order in which they were asked for.
    private static bool IsInOrder(JsonView[] items, IReadOnlyList<RemoteRun> runs)
    {
        if (items.Length != runs.Count)
        {
            return false;
        }

        for (var i = 0; i < items.Length; i++)
        {
            if (!AgentExecution.IsAbout(items[i], runs[i].RemoteId))
            {
                return false;
            }
        }

        return true;
    }

    private static JsonView[] InOrder(PlatformAnswer answer, JsonView[] items, IReadOnlyList<RemoteRun> runs)
    {
        var found = new Dictionary<string, JsonView>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            // A page that shifts while it is read may contain a run twice.
            found[AgentExecution.IdOf(item) ?? throw answer.Unusable("it has a run without an id")] = item;
        }

        return [.. runs.Select(run => found.GetValueOrDefault(run.RemoteId))];
    }

    private static bool? ReportsMore(PlatformAnswer answer)
    {
        var pagination = answer.Json()["pagination"];
        var says = pagination.Either("hasNextPage", "has_next_page");
        return says.Exists ? says.IsTruthy() : null;
    }

    private static JsonView[] ItemsOf(PlatformAnswer answer) => [.. answer.List("items", "runs")];
}
