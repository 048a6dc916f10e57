using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The platform: what reaches it is acted on, whether its answer arrives or not.</summary>
internal sealed class RemotePlatform(World world)
{
    public const double RequestTimeoutSeconds = 30;

    private static readonly ExecutionStatus[] Outcomes =
        [ExecutionStatus.Succeeded, ExecutionStatus.Failed, ExecutionStatus.Failed, ExecutionStatus.TimedOut, ExecutionStatus.Terminated, ExecutionStatus.Cancelled];

    public List<RemoteRun> Runs { get; } = [];

    /// <summary>Gets the runs that Vigil started, in order.</summary>
    public IEnumerable<RemoteRun> Started => Runs.Where(run => run.Marker.Length > 0);

    public int Refusals { get; private set; }

    public int PollRefusals { get; private set; }

    public List<DateTimeOffset> NotFounds { get; } = [];

    public RemoteRun Begin(string marker)
    {
        var run = new RemoteRun(world.Now, marker)
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
    public void Submit(string executionId, string? retryOf, Action<Submitted?, PlatformError?> answer)
    {
        if (world.Strikes())
        {
            answer(null, Given.NoConnection);
            return;
        }

        // A request that is slow, or whose sender has given up on it, may still be acted on.
        var underway = world.Strikes() ? world.Between(1, 40) : world.Between(0.01, 0.2);
        var isLost = world.Strikes();
        Exchange(underway, isLost, () => Act(executionId, retryOf), (reply, error) => answer(reply, error));
    }

    public void Ask(string remoteId, bool isDetail, Action<PollAnswer?, PlatformError?> answer) =>
        Exchange(world.Between(0.01, 0.3), world.Strikes(), () => Tell(remoteId, isDetail), (reply, error) => answer(reply, error));

    public void Find(string executionId, Action<Submitted?, PlatformError?> answer) => Exchange<Submitted?>(
        world.Between(0.01, 0.3),
        world.Strikes(),
        () => (Runs.Find(run => run.Marker == executionId && run.MarkedAt <= world.Now) is { } run ? new(run.Id) : null, null),
        (reply, error) => answer(reply, error));

    public void Cancel(string remoteId, Action<bool, PlatformError?> answer) =>
        Exchange(world.Between(0.01, 0.3), world.Strikes(), () => Stop(Runs.Single(run => run.Id == remoteId)), (reply, error) => answer(reply, error));

    /// <summary>Somebody else has the run retried.</summary>
    public void RetryFromOutside(RemoteRun run)
    {
        if (!run.IsRunning(world.Now))
        {
            run.Passages.Add(Passage());
            world.Trace?.Invoke("platform: retried by somebody else");
        }
    }

    private void Exchange<T>(double underway, bool isLost, Func<(T Reply, PlatformError? Error)> act, Action<T?, PlatformError?> answer)
    {
        var back = world.Strikes(2) ? world.Between(0.1, 12) : world.Between(0.01, 0.2);
        var isAnswerLost = world.Strikes();
        var isAnswered = false;
        void Answer(T? reply, PlatformError? error)
        {
            if (!isAnswered)
            {
                isAnswered = true;
                answer(reply, error);
            }
        }

        if (isLost)
        {
            world.After(RequestTimeoutSeconds, () => Answer(default, Given.NoAnswer));
            return;
        }

        world.After(underway, () =>
        {
            var (reply, error) = act();
            if (!isAnswerLost && underway + back < RequestTimeoutSeconds)
            {
                world.After(back, () => Answer(reply, error));
            }
        });
        if (isAnswerLost || underway + back >= RequestTimeoutSeconds)
        {
            world.After(RequestTimeoutSeconds, () => Answer(default, Given.NoAnswer));
        }
    }

    private (Submitted? Reply, PlatformError? Error) Act(string executionId, string? retryOf)
    {
        if (world.Strikes())
        {
            return (null, Given.Error(500, PlatformErrorKind.Transient));
        }

        if (world.Strikes() || (world.HasFaults && world.Chance(0.01)))
        {
            var refusal = world.Pick(8) switch
            {
                0 => Given.Error(400),
                1 => Given.Error(409),
                2 or 3 => Given.Error(401, PlatformErrorKind.Credential),
                _ => Given.Error(429, PlatformErrorKind.Transient, TimeSpan.FromSeconds(world.Pick(90))),
            };
            Refusals += refusal.StatusCode is 400 or 409 ? 1 : 0;
            return (null, refusal);
        }

        var (run, error) = retryOf is null ? (Begin(executionId), null) : Again(Runs.Single(run => run.Id == retryOf));
        world.Promises.Acted(retryOf is not null && error is null);
        return error is not null ? (null, error)
            : world.Strikes() ? (null, Given.Error(502, PlatformErrorKind.Transient))
            : (new(run.Id, world.Chance(0.3) && retryOf is null ? Snapshot(run, world.Now, isDetail: false) : null), null);
    }

    private (RemoteRun Run, PlatformError? Error) Again(RemoteRun run)
    {
        if (run.IsRunning(world.Now) || run.VanishesAt <= world.Now)
        {
            Refusals++;
            return (run, Given.Error(400));
        }

        run.Passages.Add(Passage());
        world.Trace?.Invoke($"platform: {run.Id} runs again, {run.Last.Outcome} at {(run.Last.EndsAt - Life.Epoch).TotalSeconds:F1}");
        return (run, null);
    }

    private (bool Reply, PlatformError? Error) Stop(RemoteRun run)
    {
        run.Last.CancelRequests++;
        if (!run.IsRunning(world.Now))
        {
            return (false, Given.Error(409));
        }

        if (world.Chance(0.8))
        {
            run.Last.EndsAt = world.Now.AddSeconds(world.Between(0, 3));
            run.Last.Outcome = ExecutionStatus.Cancelled;
        }

        return (true, null);
    }

    private (PollAnswer? Reply, PlatformError? Error) Tell(string remoteId, bool isDetail)
    {
        var run = Runs.Single(run => run.Id == remoteId);
        if (world.Strikes())
        {
            return (null, Given.Error(503, PlatformErrorKind.Transient));
        }

        if (world.Strikes(0.02))
        {
            PollRefusals++;
            return (null, Given.Error(403));
        }

        var isHidden = world.Now < run.VisibleAt || run.VanishesAt <= world.Now || world.Strikes();
        if (isHidden)
        {
            NotFounds.Add(world.Now);
            return (new PollAnswer.NotFound(), null);
        }

        var time = world.HasFaults && world.Chance(0.2) ? world.Now.AddSeconds(-world.Scenario.LagSeconds) : world.Now;
        return (new PollAnswer.Seen(Snapshot(run, time, isDetail)), null);
    }

    public Snapshot Snapshot(RemoteRun run, DateTimeOffset time, bool isDetail)
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
