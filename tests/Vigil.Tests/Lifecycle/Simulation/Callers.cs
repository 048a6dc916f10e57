using Vigil.Grains.Executions;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>Those who start, cancel, abandon, retry, nudge and look; an answer that does not come makes them ask again.</summary>
internal sealed class Callers(World world)
{
    public const string ExecutionId = "exec-1";

    private readonly Process _process = new(world, "callers");
    private int _busy;
    private int _hastyRetries = world.Pick(2);

    public bool AreBusy => _busy > 0;

    public bool WishedToCancel { get; private set; }

    public bool WishedToAbandon { get; private set; }

    public void Begin()
    {
        Insist(First(), () => true);
        if (world.Chance(0.2))
        {
            At(world.Between(0, 90), () => Insist(Start("another"), () => true));
        }

        if (world.Chance(0.25))
        {
            At(world.Chance(0.5) ? world.Between(0, 4) : world.Between(0, 120), () => Command(new Request.Cancel(), () => WishedToCancel = true));
        }

        if (world.Chance(0.15))
        {
            At(world.Chance(0.5) ? world.Between(0, 4) : world.Between(0, 120), () => Command(new Request.Abandon(), () => WishedToAbandon = true));
        }

        for (var i = world.Scenario.Capabilities.Retry ? world.Pick(3) : world.Pick(20) / 19; i > 0; i--)
        {
            At(world.Between(10, 300), () => Command(new Request.Retry(), () => { }));
        }

        if (world.Chance(0.3))
        {
            At(world.Between(10, 300), Nudge);
        }

        for (var i = world.Pick(4); i > 0; i--)
        {
            At(world.Between(0, 60), () => Command(new Request.Get(), () => { }));
        }
    }

    /// <summary>It has ended, and somebody may want it retried before all that follows from the end is done.</summary>
    public void Ended()
    {
        if (world.Scenario.Capabilities.Retry && _hastyRetries-- > 0)
        {
            At(world.Between(0, 10), () => Command(new Request.Retry(), () => { }));
        }
    }

    private Request First()
    {
        if (!world.Scenario.Adopted)
        {
            return Start("first");
        }

        var run = world.Platform.Begin("");
        return new Request.Adopt(
            new() { Connection = Silo.Connection, RemoteId = run.Id, Deadline = world.Scenario.Deadline, CancelOnAbandon = world.Scenario.CancelOnAbandon },
            new(world.Platform.Snapshot(run, world.Now, isDetail: true), 1, world.Now, world.Now));
    }

    private Request.Start Start(string label)
    {
        var request = Given.Request with
        {
            Metadata = Given.Request.Metadata.Add("label", label),
            Deadline = world.Scenario.Deadline,
            CancelOnAbandon = world.Scenario.CancelOnAbandon,
        };
        return new(request, StartRules.Admit(ExecutionId, request, connections: null));
    }

    private void Nudge()
    {
        if (world.Scenario.Capabilities.Retry && world.Database.Row is { RemoteId: not null, Live: false } row && !row.Status.IsConcludedByVigil() && world.Chance(0.7))
        {
            // Only what has settled as the platform said can be retried by somebody else in a way that a nudge finds.
            var run = world.Platform.Runs.Single(run => run.Id == row.RemoteId);
            world.Platform.RetryFromOutside(run);
            world.Promises.Hinted(row, run);
        }

        Command(new Request.Nudge(), () => { });
    }

    private void At(double seconds, Action action)
    {
        _busy++;
        world.After(seconds, () =>
        {
            _busy--;
            action();
        });
    }

    private void Command(Request request, Action onWish)
    {
        if (world.Database.Row is not null)
        {
            onWish();
            Insist(request, () => world.HasFaults);
        }
    }

    private void Insist(Request request, Func<bool> goOn)
    {
        _busy++;
        _process.Start(async () =>
        {
            while (!await TryAsync(request) && goOn())
            {
                await _process.Delay(world.Between(0.1, 2));
            }

            _busy--;
        });
    }

    /// <summary>Asks once; false where it is not known whether it was heard.</summary>
    private async Task<bool> TryAsync(Request request)
    {
        try
        {
            world.Promises.Answered(request, await world.Cluster.CallAsync(_process, request.AskAsync, request is Request.Get), refusal: null);
            return true;
        }
        catch (VigilException refusal)
        {
            world.Promises.Answered(request, answer: null, refusal);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return false;
        }
    }
}
