using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The silo's poller, as its contract says: it claims before it sends, sends in time or not at all, and tells changes alone.</summary>
internal sealed class SimulatedPoller(World world, Silo silo)
{
    private const int MaxTries = 20;

    private object? _queued;
    private bool _isSubmitting;
    private WatchedRun? _watched;
    private object? _seeking;
    private object? _cancelling;
    private object? _fetching;
    private object? _asking;

    public bool KnowsIt => _queued is not null || _isSubmitting || _watched is not null || _seeking is not null;

    public void Queue(DateTimeOffset? notBefore)
    {
        var queued = _queued = new();
        silo.Post(Math.Max(0, ((notBefore ?? world.Now) - world.Now).TotalSeconds) + world.Between(0.01, 2), () => Claim(queued));
    }

    public void Watch(ExecutionState state)
    {
        if (_watched is { } watched && watched.Attempt == state.Attempt && watched.RemoteId == state.RemoteId)
        {
            return;
        }

        var run = _watched = new(state.RemoteId!, state.Attempt) { Since = world.Now };
        silo.Post(world.Between(0.1, 2), () => Poll(run));
    }

    public void PollAlone(ExecutionState state, DateTimeOffset at)
    {
        var (request, run) = (_asking = new(), new WatchedRun(state.RemoteId!, state.Attempt));
        silo.Post(Math.Max(0, (at - world.Now).TotalSeconds), () => Ask(request, run));
    }

    public void LookForMarker()
    {
        if (_seeking is null)
        {
            Seek(_seeking = new());
        }
    }

    public void Cancel(ExecutionState state) => Cancel(_cancelling = new(), state.RemoteId!, state.Attempt);

    public void FetchDetail(ExecutionState state) => Fetch(_fetching = new(), new(state.RemoteId!, state.Attempt));

    /// <summary>Forgets it all; what has been claimed is still reported.</summary>
    public void Forget()
    {
        _queued = null;
        _watched = null;
        _seeking = _cancelling = _fetching = _asking = null;
    }

    private void Claim(object queued)
    {
        if (_queued != queued || _isSubmitting)
        {
            if (_queued == queued)
            {
                silo.Post(1, () => Claim(queued));
            }

            return;
        }

        _isSubmitting = true;
        world.Cluster.Call(silo, new LifecycleInput.Claim(silo.Name), answer =>
        {
            if (answer.Transition?.Effects.OfType<LifecycleEffect.Send>().Any() == true)
            {
                _queued = _queued == queued ? null : _queued;
                var permit = answer.Transition.State;
                silo.Post(world.Strikes() ? world.Between(0, 15) : world.Between(0.001, 0.1), () => Send(permit));
                return;
            }

            _isSubmitting = false;
            if (!answer.IsKnown)
            {
                silo.Post(1, () => Claim(queued));
            }
            else if (_queued == queued)
            {
                _queued = null;
            }
        });
    }

    private void Send(ExecutionState permit)
    {
        var claim = permit.Submission.Claims;
        if (world.Now >= permit.Submission.SendBefore)
        {
            Report(new LifecycleInput.NotSent(claim), () => _isSubmitting = false);
            return;
        }

        var sentAt = world.Now;
        world.Promises.Sent();
        world.Trace?.Invoke($"{silo.Name}: sends claim {claim}");
        world.Platform.Submit(permit.Id, permit.Submission.IsRetry ? permit.RemoteId : null, (submitted, error) => silo.Do(() => Report(
            error is null ? new LifecycleInput.Confirmed(claim, submitted!, sentAt, world.Now) : new LifecycleInput.SubmitFailed(claim, error),
            () => _isSubmitting = false)));
    }

    private void Poll(WatchedRun run)
    {
        if (_watched != run)
        {
            return;
        }

        var sentAt = world.Now;
        world.Platform.Ask(run.RemoteId, isDetail: false, (answer, error) => silo.Do(() => Settle(run, answer, error, sentAt)));
        silo.Post(world.Now - run.Since < TimeSpan.FromSeconds(60) ? 2 : 10, () => Poll(run));
    }

    private void Settle(WatchedRun run, PollAnswer? answer, PlatformError? error, DateTimeOffset sentAt)
    {
        if (_watched != run || sentAt < run.ObservedAt)
        {
            return;
        }

        run.ObservedAt = sentAt;
        if (answer is PollAnswer.Seen { Snapshot: var snapshot })
        {
            // A grain that takes an end has the run forgotten; where it did not, the end is told again.
            var print = new Print(snapshot.Status, snapshot.Progress, snapshot.EndedAt, snapshot.Steps.Length, snapshot.Steps.Count(step => step.Status.IsTerminal()));
            if (run.Reported == print && !(snapshot.Status.IsTerminal() && world.Now - run.ToldAt >= TimeSpan.FromSeconds(15)))
            {
                return;
            }

            (run.Reported, run.ToldAt) = (print, world.Now);
            Tell(run, answer, error, sentAt, isSingle: false, () => run.Reported = null);
        }
        else
        {
            run.Reported = null;
            Tell(run, answer, error, sentAt, isSingle: false, () => { });
        }
    }

    private void Ask(object request, WatchedRun run)
    {
        if (_asking != request)
        {
            return;
        }

        var sentAt = world.Now;
        world.Platform.Ask(run.RemoteId, isDetail: false, (answer, error) => silo.Post(0, () =>
        {
            if (error is { Kind: not PlatformErrorKind.Final })
            {
                silo.Post(5, () => Ask(request, run));
            }
            else
            {
                Tell(run, answer, error, sentAt, isSingle: true, () => { });
            }
        }));
    }

    private void Tell(WatchedRun run, PollAnswer? answer, PlatformError? error, DateTimeOffset sentAt, bool isSingle, Action onLost)
    {
        LifecycleInput? input = (answer, error) switch
        {
            (PollAnswer.Seen seen, _) => new LifecycleInput.Observed(new(seen.Snapshot, run.Attempt, sentAt, world.Now), 1, 1, isSingle),
            (PollAnswer.NotFound, _) => new LifecycleInput.NotFound(run.Attempt, sentAt, isSingle, 1, 1),
            (_, { Kind: PlatformErrorKind.Final }) => new LifecycleInput.PollFailed(run.Attempt, sentAt, error, 1, 1),
            _ => null,
        };
        if (input is not null)
        {
            world.Cluster.Call(silo, input, heard =>
            {
                if (!heard.IsKnown)
                {
                    onLost();
                }
            });
        }
    }

    private void Seek(object seeking)
    {
        if (_seeking != seeking)
        {
            return;
        }

        var sentAt = world.Now;
        world.Trace?.Invoke($"{silo.Name}: looks for the marker");
        world.Platform.Find(Callers.ExecutionId, (found, error) => silo.Post(0, () =>
        {
            if (_seeking != seeking)
            {
                return;
            }

            if (found is not null)
            {
                _seeking = null;
                Report(new LifecycleInput.Confirmed(0, found, sentAt, world.Now));
                return;
            }

            if (error is null)
            {
                world.Cluster.Call(silo, new LifecycleInput.MarkerNotFound(sentAt), _ => { });
            }

            silo.Post(5, () => Seek(seeking));
        }));
    }

    private void Cancel(object cancelling, string remoteId, int attempt)
    {
        if (_cancelling != cancelling)
        {
            return;
        }

        world.Platform.Cancel(remoteId, (_, error) => silo.Post(0, () =>
        {
            if (error is { Kind: not PlatformErrorKind.Final })
            {
                silo.Post(2, () => Cancel(cancelling, remoteId, attempt));
            }
            else
            {
                Report(new LifecycleInput.CancelAnswered(attempt, error));
            }
        }));
    }

    private void Fetch(object fetching, WatchedRun run)
    {
        if (_fetching != fetching)
        {
            return;
        }

        var sentAt = world.Now;
        world.Platform.Ask(run.RemoteId, isDetail: true, (answer, error) => silo.Post(0, () =>
        {
            if (error is { Kind: not PlatformErrorKind.Final })
            {
                silo.Post(2, () => Fetch(fetching, run));
            }
            else if (error is not null)
            {
                Report(new LifecycleInput.WorkFailed(PendingWork.Detail, error.Code));
            }
            else
            {
                Tell(run, answer, error, sentAt, isSingle: true, () => { });
            }
        }));
    }

    /// <summary>Tells what nobody else can know, until it is heard or there is no hope.</summary>
    private void Report(LifecycleInput input, Action? onSettled = null, int tries = 1) => world.Cluster.Call(silo, input, answer =>
    {
        if (answer.IsKnown || tries == MaxTries)
        {
            onSettled?.Invoke();
        }
        else
        {
            silo.Post(world.Between(0.5, 3), () => Report(input, onSettled, tries + 1));
        }
    });

    /// <summary>What makes two answers the same.</summary>
    private sealed record Print(ExecutionStatus Status, ExecutionProgress? Progress, DateTimeOffset? EndedAt, int Steps, int EndedSteps);

    private sealed class WatchedRun(string remoteId, int attempt)
    {
        public string RemoteId { get; } = remoteId;

        public int Attempt { get; } = attempt;

        public DateTimeOffset Since { get; init; }

        public DateTimeOffset ObservedAt { get; set; }

        public Print? Reported { get; set; }

        public DateTimeOffset ToldAt { get; set; }
    }
}
