namespace Vigil.Kill;

/// <summary>Mutants that do not watch, or too eagerly.</summary>
internal static class WatchingMutants
{
    private const int TooMany = 600;

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("never looks", "everything ends") { LooksAway = _ => true },
        new("looks away", "runs are watched") { LooksAway = sinceStart => sinceStart < TimeSpan.FromSeconds(14) },
        new("spends too much", "budget is kept")
        {
            IsGlobal = true,
            OnPoll = (connection, run) => Task.WhenAll(Enumerable.Range(0, TooMany).Select(_ => connection.GetDetailAsync(run, CancellationToken.None))),
        },
    ];
}
