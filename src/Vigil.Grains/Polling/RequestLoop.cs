using Vigil.Grains.Polling.Errands;
using Vigil.Grains.Polling.Plans;
using Vigil.Grains.Polling.Requests;
using Vigil.Grains.Polling.Starts;

namespace Vigil.Grains.Polling;

/// <summary>The loop of one connection: sends what is due, as far as the budget and the connection's health allow, and sleeps until the next moment.</summary>
internal sealed class RequestLoop(
    ConnectionScope scope,
    Suspension suspension,
    CredentialProbe probe,
    IPollPlan plan,
    Watching watching,
    RunAsker asker,
    ErrandDesk errands,
    StartQueue starts,
    Submitter submitter)
{
    private const int MostRequestsAtOnce = 128;
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private int _requests;

    public async Task RunAsync()
    {
        await using var stop = scope.Draining.Register(scope.Alarm.Ring);
        while (!scope.Draining.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = SendAllThatMayGo();
            }
            catch (Exception e)
            {
                scope.Services.Instruments.Faulted(scope.Name);
                scope.Services.Log.WorkFaulted(e, scope.Name);
                wait = PauseAfterFault;
            }

            await scope.Alarm.WaitAsync(wait);
        }
    }

    private TimeSpan SendAllThatMayGo()
    {
        while (true)
        {
            Func<Task>? request;
            TimeSpan wait;
            lock (scope.Gate)
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
        var now = scope.Clock.Now;
        switch (suspension.Ask(now, out wait))
        {
            case Leave.None:
                return null;
            case Leave.OneProbe:
                suspension.Probe();
                return ProbeAsync;
        }

        if (starts.TryTake(now, out var startWait) is { } start)
        {
            return () => submitter.SubmitAsync(start);
        }

        var request = TakeRequest(now, out wait);
        wait = startWait < wait ? startWait : wait;
        return request;
    }

    private Func<Task>? TakeRequest(TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.MaxValue;
        while (_requests < MostRequestsAtOnce && scope.Schedule.NextDue is { } due)
        {
            wait = due - now;
            if (wait > TimeSpan.Zero || !scope.Polls.TryTake(now, out wait))
            {
                return null;
            }

            switch (scope.Schedule.TakeDue(now))
            {
                case WatchedEntry { InFlight: >= WatchedEntry.MostInFlight } entry:
                    Watching.HoldBack(entry);
                    scope.Polls.Return();
                    break;
                case WatchedEntry entry:
                    return Ask(plan.Fill(entry, now));
                case Errand errand:
                    return Counted(() => errands.RunAsync(errand));
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
            result = await probe.AskAsync();
        }
        finally
        {
            lock (scope.Gate)
            {
                suspension.EndProbe(result);
            }

            scope.Alarm.Ring();
        }
    }

    private Func<Task> Ask(List<WatchedEntry> batch)
    {
        var asked = new AskedRun[batch.Count];
        for (var i = 0; i < asked.Length; i++)
        {
            asked[i] = watching.Send(batch[i]);
        }

        return Counted(() => asker.AskAsync(asked));
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
                lock (scope.Gate)
                {
                    _requests--;
                }

                scope.Alarm.Ring();
            }
        };
    }
}
