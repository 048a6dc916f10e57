namespace Vigil.Kill;

/// <summary>Judges a trial by every promise.</summary>
internal static class Checker
{
    public static IReadOnlyList<IPromise> Promises { get; } =
    [
        new AcceptedIsKept(), new EverythingEnds(), new StartedOnce(), new LostOnlyByEvidence(), new OutcomeIsThePlatforms(), new RawStatusIsKept(),
        new OutputIsThePlatforms(), new UsageIsThePlatforms(), new StepsAreThePlatforms(), new FilesAreThePlatforms(), new StopsReachTheRun(),
        new RetriesHappenOnce(), new EventsAreComplete(), new DeliveriesAreComplete(), new RunsAreWatched(), new BudgetIsKept(),
        new SilentPlatformIsSpared(), new WaitsAreAnswered(), new ReadinessIsHonest(), new LogIsBounded(), new SilosStay(),
    ];

    /// <summary>Returns every breach; none if every promise was kept.</summary>
    public static IReadOnlyList<Breach> Judge(TrialRecord record) => [.. Promises.SelectMany(promise => promise.Judge(record))];
}
