using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The platform: what reaches it is acted on, whether its answer arrives or not. It knows no silo and no clock but the true one.</summary>
internal sealed class RemotePlatform(World world)
{
    public const double RequestTimeoutSeconds = 30;

    private static readonly ExecutionStatus[] Outcomes =
        [ExecutionStatus.Succeeded, ExecutionStatus.Failed, ExecutionStatus.Failed, ExecutionStatus.TimedOut, ExecutionStatus.Terminated, ExecutionStatus.Cancelled];

    private static readonly PlatformError Unauthorized = Given.Error(401, PlatformErrorKind.Credential);

    public List<PlatformRun> Runs { get; } = [];

    /// <summary>Gets the runs that Vigil started, in order.</summary>
    public IEnumerable<PlatformRun> Started => Runs.Where(run => run.Marker.Length > 0);

    public int Refusals { get; private set; }

    public List<DateTimeOffset> PollRefusals { get; } = [];

    public List<DateTimeOffset> NotFounds { get; } = [];

    /// <summary>Gets the ends that a lagging copy told of runs that had been retried since.</summary>
    public HashSet<ExecutionStatus> OutdatedEnds { get; } = [];

    public PlatformRun Begin(string marker)
    {
        var run = new PlatformRun(world.Now, marker)
        {
            VisibleAt = world.Now.AddSeconds(marker.Length > 0 ? world.Scenario.InvisibleSeconds : 0),
            MarkedAt = world.Now.AddSeconds(world.Between(0, 20)),
            VanishesAt = world.Scenario.VanishesAfterSeconds is { } seconds ? world.Now.AddSeconds(seconds) : null,
        };
        run.Passages.Add(Passage());
        Runs.Add(run);
        world.Trace?.Invoke($"platform: {run.Id} begins, {run.Last.Outcome} at {(run.Last.EndsAt - Life.Epoch).TotalSeconds:F1}");
        return run;
    }

    /// <summary>Sends a start, or a retry, on its way; the answer comes when it comes.</summary>
    public Task<Submitted> SubmitAsync(string executionId, string? retryOf)
    {
        if (world.Strikes())
        {
            throw new PlatformException(Given.NoConnection);
        }

        // A request that is slow, or whose sender has given up on it, may still be acted on.
        var underway = world.Strikes() ? world.Between(1, 40) : world.Between(0.01, 0.2);
        return ExchangeAsync(underway, () => Act(executionId, retryOf));
    }

    public Task<PollAnswer> AskAsync(string remoteId, bool isDetail) => ExchangeAsync(world.Between(0.01, 0.3), () => Tell(remoteId, isDetail));

    public Task<Submitted?> FindAsync(string executionId) => ExchangeAsync(
        world.Between(0.01, 0.3),
        () => Runs.Find(run => run.Marker == executionId && run.MarkedAt <= world.Now) is { } run ? new Submitted(run.Id) : null);

    public Task<List<(string Id, Snapshot Snapshot)>> ListAsync() => ExchangeAsync(world.Between(0.01, 0.3), () => Runs
        .Where(run => run.IsRunning(world.Now) && world.Now >= run.VisibleAt && !(run.VanishesAt <= world.Now))
        .Select(run => (run.Id, Snapshot(run, world.Now, isDetail: false) with { Partial = true }))
        .ToList());

    public Task<bool> CancelAsync(string remoteId) => ExchangeAsync(world.Between(0.01, 0.3), () => Stop(Runs.Single(run => run.Id == remoteId)));

    public Task<bool> ProbeAsync() => ExchangeAsync(world.Between(0.01, 0.3), () => world.Strikes() ? throw new PlatformException(Unauthorized) : true);

    /// <summary>Somebody else has the run retried.</summary>
    public void RetryFromOutside(PlatformRun run)
    {
        if (!run.IsRunning(world.Now))
        {
            run.Passages.Add(Passage());
            world.Trace?.Invoke("platform: retried by somebody else");
        }
    }

    /// <summary>Sends a request and brings its answer back. Either may be lost or slow; the caller then gets a time-out.</summary>
    private Task<T> ExchangeAsync<T>(double underway, Func<T> act)
    {
        var answer = new TaskCompletionSource<T>();
        var back = world.Strikes(2) ? world.Between(0.1, 12) : world.Between(0.01, 0.2);
        var isLost = world.Strikes();
        var isAnswerLost = world.Strikes() || underway + back >= RequestTimeoutSeconds;
        if (isLost || isAnswerLost)
        {
            world.After(RequestTimeoutSeconds, () => answer.TrySetException(new PlatformException(Given.NoAnswer)));
        }

        if (!isLost)
        {
            world.After(underway, () =>
            {
                var tell = Carry(act, answer);
                if (!isAnswerLost)
                {
                    world.After(back, tell);
                }
            });
        }

        return answer.Task;
    }

    private static Action Carry<T>(Func<T> act, TaskCompletionSource<T> answer)
    {
        try
        {
            var reply = act();
            return () => answer.SetResult(reply);
        }
        catch (PlatformException e)
        {
            return () => answer.SetException(e);
        }
    }

    private Submitted Act(string executionId, string? retryOf)
    {
        if (world.Strikes())
        {
            throw new PlatformException(Given.Error(500, PlatformErrorKind.Transient));
        }

        if (world.Strikes() || (world.HasFaults && world.Chance(0.01)))
        {
            var refusal = world.Pick(8) switch
            {
                0 => Given.Error(400),
                1 => Given.Error(409),
                2 or 3 => Unauthorized,
                _ => Given.Error(429, PlatformErrorKind.Transient, TimeSpan.FromSeconds(world.Pick(90))),
            };
            Refusals += refusal.StatusCode is 400 or 409 ? 1 : 0;
            throw new PlatformException(refusal);
        }

        var run = retryOf is null ? Begin(executionId) : Again(Runs.Single(run => run.Id == retryOf));
        world.Promises.Acted(retryOf is not null);
        return world.Strikes()
            ? throw new PlatformException(Given.Error(502, PlatformErrorKind.Transient))
            : new(run.Id, world.Chance(0.3) && retryOf is null ? Snapshot(run, world.Now, isDetail: false) : null);
    }

    private PlatformRun Again(PlatformRun run)
    {
        if (run.IsRunning(world.Now) || run.VanishesAt <= world.Now)
        {
            Refusals++;
            throw new PlatformException(Given.Error(400));
        }

        run.Passages.Add(Passage());
        world.Trace?.Invoke($"platform: {run.Id} runs again, {run.Last.Outcome} at {(run.Last.EndsAt - Life.Epoch).TotalSeconds:F1}");
        return run;
    }

    private bool Stop(PlatformRun run)
    {
        run.Last.CancelRequests++;
        if (!run.IsRunning(world.Now))
        {
            throw new PlatformException(Given.Error(409));
        }

        if (world.Chance(0.8))
        {
            run.Last.EndsAt = world.Now.AddSeconds(world.Between(0, 3));
            run.Last.Outcome = ExecutionStatus.Cancelled;
        }

        return true;
    }

    private PollAnswer Tell(string remoteId, bool isDetail)
    {
        var run = Runs.Single(run => run.Id == remoteId);
        if (world.Strikes())
        {
            throw new PlatformException(Given.Error(503, PlatformErrorKind.Transient));
        }

        if (world.Strikes(0.02))
        {
            PollRefusals.Add(world.Now);
            throw new PlatformException(Given.Error(403));
        }

        var isHidden = world.Now < run.VisibleAt || run.VanishesAt <= world.Now || world.Strikes();
        if (isHidden)
        {
            NotFounds.Add(world.Now);
            return new PollAnswer.NotFound();
        }

        var time = world.HasFaults && world.Chance(0.2) ? world.Now.AddSeconds(-world.Scenario.LagSeconds) : world.Now;
        if (run.At(time) != run.Last && run.At(time).At(time) is var end && end.IsTerminal())
        {
            OutdatedEnds.Add(end);
        }

        return new PollAnswer.Seen(Snapshot(run, time, isDetail));
    }

    public Snapshot Snapshot(PlatformRun run, DateTimeOffset time, bool isDetail)
    {
        var passage = run.At(time);
        var status = passage.At(time);
        var isPartial = world.Scenario.PartialAnswers && !isDetail;
        return new()
        {
            Status = status,
            RawStatus = status.ToString(),
            Progress = new(null, null, Math.Floor(Math.Clamp((time - passage.BeginsAt) / (passage.EndsAt - passage.BeginsAt), 0, 1) * 5) * 20, null),
            Steps = isPartial ? [] : StepsOf(passage, time),
            Output = status is ExecutionStatus.Succeeded && !isPartial ? "1" : null,
            EndedAt = status.IsTerminal() && world.Scenario.TellsEnd ? passage.EndsAt : null,
            Partial = isPartial,
            Failure = status is ExecutionStatus.Failed ? new("boom") : null,
        };
    }

    private ImmutableArray<StepSnapshot> StepsOf(Passage passage, DateTimeOffset time)
    {
        var count = world.Scenario.Steps;
        var done = count * Math.Clamp((time - passage.BeginsAt) / (passage.EndsAt - passage.BeginsAt), 0, 1);
        return [.. Enumerable.Range(0, count).Where(i => i <= done).Select(i => Given.Step($"s{i}", i + 1 <= done ? StepStatus.Succeeded : StepStatus.Running))];
    }

    private Passage Passage()
    {
        var runs = world.Now.AddSeconds(world.Between(0, 5));
        var ends = runs.AddSeconds(world.Chance(0.2) ? world.Between(60, 400) : world.Between(0.5, 40));
        var awaits = world.Chance(0.2) ? runs + ((ends - runs) * 0.3) : (DateTimeOffset?)null;
        return new()
        {
            BeginsAt = world.Now,
            RunsAt = runs,
            AwaitsAt = awaits,
            GoesOnAt = awaits + ((ends - runs) * 0.4),
            EndsAt = ends,
            Outcome = Outcomes[world.Pick(Outcomes.Length)],
        };
    }
}
