using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Rules;

public sealed class Rule01StartTests
{
    [Fact]
    public void Start_Options_AreStoredBesideTheInput()
    {
        var life = Given.Accepted(change: request => request with { Options = """{"o":1}""" });

        Assert.Equal(new LifecycleEffect.Persist(ExecutionEventTypes.Accepted, Input: """{"a":1}""", Options: """{"o":1}"""), life.Effects[0]);
        Assert.Equal(("in", """{"o":1}"""), life.State.Request(life.Now, "in", """{"o":1}""") is var sent ? (sent.Input, sent.Options) : default);
    }

    [Fact]
    public void Start_New_StoresTheIntentInOneWriteAndThenQueues()
    {
        var life = Given.Accepted();

        Assert.Equal(
            [
                new LifecycleEffect.Persist(ExecutionEventTypes.Accepted, Input: """{"a":1}"""),
                new LifecycleEffect.QueueSubmission(null),
                new LifecycleEffect.WakeAt(life.Now.AddSeconds(60)),
            ],
            life.Effects);
        Assert.Equal((ExecutionStatus.Submitting, SubmissionPhase.Queued, 1L), (life.State.Status, life.State.Submission.Phase, life.State.Version));
        Assert.Equal(life.Now.AddHours(1), life.State.DeadlineAt);
    }

    [Fact]
    public void Start_SameHash_ReturnsTheSameStateWithoutEffects()
    {
        var life = Given.Accepted();
        var state = life.State;

        life.After(1).Apply(Given.Start(request => request with { Metadata = request.Metadata.Clear() }));

        Assert.Same(state, life.State);
        life.HasNoEffects();
    }

    [Fact]
    public void Start_AnotherHash_IsAConflictAndChangesNothing()
    {
        var life = Given.Accepted();

        var conflict = Assert.Throws<ExecutionConflictException>(() => life.Apply(Given.Start(hash: "hash-2")));

        Assert.Equal(("key_reused", "exec-1"), (conflict.Code, conflict.ExecutionId));
        Assert.Equal(1, life.State.Version);
    }

    [Fact]
    public void Adopt_New_WatchesFromTheFirstLookOn()
    {
        var life = Adopt(Given.Running with { Target = new("workflow", "wf-9") });

        Assert.Equal([ExecutionEventTypes.Accepted], life.Reported);
        Assert.True(life.Does<LifecycleEffect.Watch>());
        Assert.Equal(
            (ExecutionStatus.Running, SubmissionPhase.Closed, "run-1", new ExecutionTarget("workflow", "wf-9")),
            (life.State.Status, life.State.Submission.Phase, life.State.RemoteId, life.State.Target));
    }

    [Fact]
    public void Adopt_RunThatHasEnded_EndsAtOnceAndTellsNoLag()
    {
        var life = Adopt(Given.Succeeded with { EndedAt = Life.Epoch.AddDays(-7), Output = "1" });

        Assert.Equal([ExecutionEventTypes.Ended], life.Reported);
        Assert.Equal("1", life.Effect<LifecycleEffect.Persist>().Output);
        Assert.Equal((ExecutionStatus.Succeeded, null), (life.State.Status, life.State.LagMs));
        Assert.False(life.Does<LifecycleEffect.Watch>());
    }

    private static Life Adopt(Snapshot look)
    {
        var life = new Life();
        return life.Apply(new LifecycleInput.Adopt(
            "exec-1", "gloriamundo", new() { Connection = "main", RemoteId = "run-1" }, "hash-1", new(look, 1, life.Now, life.Now)));
    }
}
