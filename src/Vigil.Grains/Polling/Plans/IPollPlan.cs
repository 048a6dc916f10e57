namespace Vigil.Grains.Polling.Plans;

/// <summary>How the runs of a connection are asked for. The gate of the connection guards it.</summary>
internal interface IPollPlan
{
    /// <summary>Gets how many runs one request covers at the moment.</summary>
    int RunsPerRequest { get; }

    /// <summary>Sees to it that a run is asked about at this time.</summary>
    void Plan(TrackedRun run, TimeSpan due, Lane lane);

    /// <summary>Drops a run that is watched no more.</summary>
    void Drop(TrackedRun run);

    /// <summary>Returns the runs to ask about by id in the request that one of them is due for, itself first.</summary>
    List<TrackedRun> Fill(TrackedRun first, TimeSpan now);

    /// <summary>Records how a request for several runs fared: the size that was refused, and the largest part of it that was not.</summary>
    void Learn(int refused, int accepted);

    /// <summary>Tells when a run will be asked about next.</summary>
    TimeSpan? NextFor(TrackedRun run);
}
