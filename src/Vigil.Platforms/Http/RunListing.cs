namespace Vigil.Platforms;

/// <summary>What is the same for several platforms in reading their lists of runs.</summary>
internal static class RunListing
{
    /// <summary>Reads the runs of a list, skipping those without an id or a status.</summary>
    public static ImmutableArray<ListedRun> ReadListed(
        this RunFormat format, IEnumerable<JsonView> items, Func<JsonView, DateTimeOffset?> createdAt, Func<JsonView, string?>? marker = null) =>
    [
        .. from item in items
           from run in format.ReadActive([item])
           select new ListedRun(run.Key, run.Value, run.Value.Target, createdAt(item), marker?.Invoke(item)),
    ];

    /// <summary>Adds an error if the platform has no word for one of the statuses.</summary>
    public static void CheckStatuses(this ICollection<FieldError> errors, StatusWords<ExecutionStatus> words, ImmutableArray<ExecutionStatus> statuses)
    {
        var known = words.WordsOf([.. Enum.GetValues<ExecutionStatus>()]);
        errors.AddIf(
            statuses.Any(status => words.WordsOf([status]).Length == 0),
            RunListFilters.Status,
            () => $"must be a status that this platform has a word for; its words are {string.Join(", ", known)}.");
    }
}
