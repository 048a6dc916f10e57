namespace Vigil.Grains.Polling.Plans;

/// <summary>How the runs of a connection are polled. Guarded by the connection's lock.</summary>
internal interface IPollPlan
{
    /// <summary>Gets how many runs one request currently covers.</summary>
    int RunsPerRequest { get; }

    /// <summary>Plans the next poll of a run.</summary>
    void Plan(TrackedRun run, TimeSpan due, Lane lane);

    void Drop(TrackedRun run);

    /// <summary>Returns the runs to poll in one request: the given one, which is due, and those that can join it.</summary>
    List<TrackedRun> Fill(TrackedRun first, TimeSpan now);

    /// <summary>Records the size of a refused request, and that of the largest part of it that was accepted.</summary>
    void Learn(int refused, int accepted);

    /// <summary>Returns when a run will be polled next; null if no poll is planned.</summary>
    TimeSpan? NextFor(TrackedRun run);
}
