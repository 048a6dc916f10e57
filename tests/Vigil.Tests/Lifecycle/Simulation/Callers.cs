using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>Those who start, cancel, abandon, retry and nudge; an answer that does not come makes them ask again.</summary>
internal sealed class Callers(World world)
{
    public const string ExecutionId = "exec-1";

    private int _busy;

    public bool AreBusy => _busy > 0;

    public bool WishedToCancel { get; private set; }

    public bool WishedToAbandon { get; private set; }

    public void Begin()
    {
        Insist(First(), () => true);
        if (world.Chance(0.2))
        {
            At(world.Between(0, 90), () => Insist(Start("hash-2"), () => true));
        }

        if (world.Chance(0.25))
        {
            At(world.Chance(0.5) ? world.Between(0, 4) : world.Between(0, 120), () => Command(new LifecycleInput.Cancel("enough"), () => WishedToCancel = true));
        }

        if (world.Chance(0.15))
        {
            At(world.Chance(0.5) ? world.Between(0, 4) : world.Between(0, 120), () => Command(new LifecycleInput.Abandon("enough"), () => WishedToAbandon = true));
        }

        for (var i = world.Scenario.Capabilities.Retry ? world.Pick(3) : world.Pick(20) / 19; i > 0; i--)
        {
            At(world.Between(10, 300), () => Command(new LifecycleInput.Retry(), () => { }));
        }

        if (world.Chance(0.3))
        {
            At(world.Between(10, 300), Nudge);
        }
    }

    private LifecycleInput First()
    {
        if (!world.Scenario.Adopted)
        {
            return Start("hash-1");
        }

        var run = world.Platform.Begin("");
        var look = new Observation(world.Platform.Snapshot(run, world.Now, isDetail: true), 1, world.Now, world.Now);
        return new LifecycleInput.Adopt(
            ExecutionId,
            "simulated",
            new() { Connection = "main", RemoteId = run.Id, Deadline = world.Scenario.Deadline, CancelOnAbandon = world.Scenario.CancelOnAbandon },
            "hash-1",
            look);
    }

    private LifecycleInput.Start Start(string hash) => new(ExecutionId, "simulated", Given.Request with
    {
        Deadline = world.Scenario.Deadline,
        CancelOnAbandon = world.Scenario.CancelOnAbandon,
    }, hash);

    private void Nudge()
    {
        if (world.Scenario.Capabilities.Retry && world.Store.Row is { RemoteId: not null } row && IsSettled(row) && world.Chance(0.7))
        {
            world.Platform.RetryFromOutside(world.Platform.Runs.Single(run => run.Id == row.RemoteId));
        }

        Command(new LifecycleInput.Nudge(), () => { });
    }

    /// <summary>Only what has settled as the platform said can be retried by somebody else in a way that a nudge finds.</summary>
    private static bool IsSettled(ExecutionState row) => !row.Live && row.Status.IsTerminal() && !row.Status.IsConcludedByVigil();

    private void At(double seconds, Action action)
    {
        _busy++;
        world.After(seconds, () =>
        {
            _busy--;
            action();
        });
    }

    private void Command(LifecycleInput input, Action onWish)
    {
        if (world.Store.Row is not null)
        {
            onWish();
            Insist(input, () => world.HasFaults);
        }
    }

    private void Insist(LifecycleInput input, Func<bool> goOn)
    {
        _busy++;
        world.Cluster.Call(null, input, answer =>
        {
            _busy--;
            world.Promises.Answered(input, answer);
            if (!answer.IsKnown && goOn())
            {
                At(world.Between(0.1, 2), () => Insist(input, goOn));
            }
        });
    }
}
