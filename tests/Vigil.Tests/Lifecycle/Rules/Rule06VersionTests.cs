using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule06VersionTests
{
    [Fact]
    public void Version_IsTheNumberOfWrites()
    {
        var life = Given.Ended(Given.Succeeded);

        Assert.Equal(life.Writes.Count, life.State.Version);
    }

    /// <summary>Accepted, claimed, started, ended: the three writes to the row and the claim.</summary>
    [Fact]
    public void Writes_OfARunThatNothingHappensTo_AreFour()
    {
        var life = Given.Sending().After(1).Confirm(Given.Running);
        for (var i = 0; i < 20; i++)
        {
            life.After(2).See(Given.Running);
        }

        life.After(2).See(Given.Succeeded);

        Assert.Equal([ExecutionEventTypes.Accepted, null, ExecutionEventTypes.Started, ExecutionEventTypes.Ended], life.Writes);
        Assert.False(life.State.Live);
    }

    /// <summary>One more where work was pending, however many pieces of it.</summary>
    [Fact]
    public void Writes_OfARunWithPendingWork_AreFive()
    {
        var life = Given.Sending().After(1).Confirm(Given.Running).After(60).Apply(new LifecycleInput.ReminderRegistered());
        life.After(2).See(Given.Succeeded with { Steps = [Given.Step("a", StepStatus.Succeeded)] });
        Assert.Equal(PendingWork.Steps | PendingWork.Reminder, life.State.PendingWork);

        life.Acknowledge().Apply(new LifecycleInput.WorkDone(PendingWork.Reminder));

        Assert.Equal(5, life.Writes.Count);
        Assert.False(life.State.Live);
    }

    [Fact]
    public void Version_FreshProgress_DoesNotRaiseIt()
    {
        var life = Given.Started();
        var version = life.State.Version;

        life.After(1).See(Given.Running with { Progress = new(1, 2, 50, null) });

        Assert.Equal((version, 50d), (life.State.Version, ExecutionView.Of(life.State).Progress?.Percentage));
    }
}
