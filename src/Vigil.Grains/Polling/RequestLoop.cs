using Vigil.Grains.Polling.OneOffs;
using Vigil.Grains.Polling.Plans;
using Vigil.Grains.Polling.Requests;
using Vigil.Grains.Polling.Starts;

namespace Vigil.Grains.Polling;

/// <summary>The send loop of one connection: sends what is due, as far as the budget and the gate allow, and sleeps until something is due.</summary>
internal sealed class RequestLoop(
    ConnectionScope scope,
    ConnectionGate gate,
    CredentialProbe probe,
    IPollPlan plan,
    RunTracker tracker,
    BatchPoller batchPoller,
    OneOffQueue oneOffs,
    StartQueue starts,
    Submitter submitter)
{
    private static readonly TimeSpan FaultDelay = TimeSpan.FromSeconds(1);

    // How often a lost claim on the store is checked.
    private static readonly TimeSpan ClaimInterval = TimeSpan.FromMilliseconds(500);

    // How long a suspension lasts before the executions show it, so that a short one costs no writes.
    private static readonly TimeSpan SuspensionAge = TimeSpan.FromMinutes(1);

    private int _requests;
    private TimeSpan? _suspensionShownAt;

    public async Task RunAsync()
    {
        await using var stop = scope.Draining.Register(scope.Signal.Set);
        while (!scope.Draining.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = SendDue();
            }
            catch (Exception e)
            {
                scope.Services.Instruments.Faulted(scope.Name);
                scope.Services.Log.WorkFaulted(e, scope.Name);
                wait = FaultDelay;
            }

            await scope.Signal.WaitAsync(wait);
        }
    }

    private TimeSpan SendDue()
    {
        while (true)
        {
            Func<Task>? request;
            TimeSpan wait;
            lock (scope.Lock)
            {
                request = TakeNext(out wait);
            }

            if (request is null)
            {
                return wait;
            }

            scope.Run(request);
        }
    }

    private Func<Task>? TakeNext(out TimeSpan wait)
    {
        if (!scope.Services.MayAct())
        {
            wait = ClaimInterval;
            return null;
        }

        var now = scope.Clock.Now;
        switch (gate.Decide(now, out wait))
        {
            case SendDecision.None:
                wait = ShowSuspension(now, wait);
                return null;
            case SendDecision.OneProbe:
                gate.Probe();
                return ProbeAsync;
        }

        if (starts.TryAcquire(now, out var startWait) is { } start)
        {
            return () => submitter.SubmitAsync(start);
        }

        var request = TakeRequest(now, out wait);
        wait = startWait < wait ? startWait : wait;
        return request;
    }

    /// <summary>Shows a suspension that lasts on the runs that it keeps from being polled. Returns how long to wait at most.</summary>
    private TimeSpan ShowSuspension(TimeSpan now, TimeSpan wait)
    {
        if (gate.Reason is not { } reason)
        {
            return wait;
        }

        // All runs are gone through, so not each time that the loop wakes; runs that are added meanwhile show it later.
        var due = gate.Since + SuspensionAge;
        due = _suspensionShownAt + SuspensionAge is { } next && next > due ? next : due;
        if (now >= due)
        {
            tracker.Failures.Suspend(reason, gate.Since);
            _suspensionShownAt = now;
            due = now + SuspensionAge;
        }

        return due - now < wait ? due - now : wait;
    }

    private Func<Task>? TakeRequest(TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.MaxValue;
        while (_requests < scope.Services.Options.MaxConcurrentRequests && scope.Schedule.NextDue is { } due)
        {
            wait = due - now;
            if (wait > TimeSpan.Zero || !scope.Polls.TryAcquire(now, out wait))
            {
                return null;
            }

            switch (scope.Schedule.TakeDue(now))
            {
                case TrackedRun { InFlight: >= TrackedRun.MaxInFlight } entry:
                    // Polled again as soon as one of its requests is answered.
                    entry.Deferred = true;
                    scope.Polls.Refund();
                    break;
                case TrackedRun entry:
                    return Poll(plan.Fill(entry, now));
                case OneOffRequest oneOff:
                    return Counted(() => oneOffs.RunAsync(oneOff));
            }

            wait = TimeSpan.MaxValue;
        }

        return null;
    }

    private async Task ProbeAsync()
    {
        var result = ProbeResult.Unknown;
        try
        {
            result = await probe.ProbeAsync();
        }
        finally
        {
            lock (scope.Lock)
            {
                gate.EndProbe(result);
            }

            scope.Signal.Set();
        }
    }

    private Func<Task> Poll(List<TrackedRun> batch)
    {
        var tickets = new PollTicket[batch.Count];
        for (var i = 0; i < tickets.Length; i++)
        {
            tickets[i] = tracker.Send(batch[i]);
        }

        return Counted(() => batchPoller.PollAsync(tickets));
    }

    private Func<Task> Counted(Func<Task> request)
    {
        _requests++;
        return async () =>
        {
            try
            {
                await request();
            }
            finally
            {
                lock (scope.Lock)
                {
                    _requests--;
                }

                scope.Signal.Set();
            }
        };
    }
}
