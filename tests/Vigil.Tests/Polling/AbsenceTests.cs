using Vigil.Grains.Lifecycle;
using Vigil.Platforms;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>A run that its platform does not return: what proves that it is gone, and what is an outage.</summary>
public sealed class AbsenceTests : IDisposable
{
    private readonly PollerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void OneOfSeveral_WhileAnotherIsSeen_IsProvenAfterTwoMinutes()
    {
        _world.WatchMany(2);
        _world.Advance(40);
        Vanish("e0");

        _world.Advance(110);
        Assert.Empty(Proofs());
        _world.Advance(60);

        Assert.All(Proofs(), proof => Assert.Equal(AbsenceProof.RunFound, proof));
        Assert.NotEmpty(Proofs());
        Assert.DoesNotContain(_world.Platform.Requests, asked => asked.Operation == "probe");
    }

    [Fact]
    public void AllTogether_ProveNothingForTenMinutes_AndAreFoundAgain()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { ProbeFindsSomething = true };
        _world.WatchMany(20);
        _world.Advance(40);
        var runs = _world.Platform.Runs.ToArray();
        _world.Platform.Runs.Clear();

        _world.Advance(590);
        Assert.Empty(Proofs());
        Assert.All(_world.Grains.Observed.GroupBy(told => told.Execution), told => Assert.Equal(AttentionReasons.NotFound, told.Last().Report.Attention?.Reason));
        Assert.Equal(20, _world.Poller.ReportOf(PollerWorld.Name).Attention);
        Assert.NotNull(_world.Poller.ReportOf(PollerWorld.Name).PollsFailSince);

        Array.ForEach(runs, run => _world.Platform.Runs.Add(run.Key, run.Value));
        _world.Clear();
        _world.Advance(31);

        // They are told although they say the same as before, which ends the attention.
        Assert.Equal(20, _world.Grains.Observed.Count(told => told.Report is LifecycleInput.Observed { Attention: null }));
        Assert.Equal((0, null), (_world.Poller.ReportOf(PollerWorld.Name).Attention, _world.Poller.ReportOf(PollerWorld.Name).PollsFailSince));
    }

    [Fact]
    public void AllTogether_AfterTenMinutesInWhichTheProbeIsAnswered_AreProven_WithFewProbes()
    {
        _world.WatchMany(20);
        _world.Advance(40);
        _world.Platform.Runs.Clear();

        _world.Advance(700);

        Assert.Equal([AbsenceProof.ProbeAnswered], Proofs().Distinct());
        Assert.InRange(_world.Platform.Requests.Count(asked => asked.Operation == "probe"), 1, 20);
    }

    [Theory]
    [InlineData(true, 130, "ProbeFound")]
    [InlineData(false, 560, null)]
    [InlineData(false, 660, "ProbeAnswered")]
    public void OnlyRun_IsProvenByTheProbe(bool findsSomething, double seconds, string? proof)
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { ProbeFindsSomething = findsSomething };
        _world.Watch("a");
        _world.Advance(40);
        Vanish("a");

        _world.Advance(seconds + 30);

        Assert.Equal(proof, Proofs().Select(found => found.ToString()).Distinct().SingleOrDefault());
    }

    [Fact]
    public void OnlyRun_WhileTheProbeFails_IsNeverProven()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { ProbeFindsSomething = true };
        _world.Platform.Arrives = asked =>
        {
            if (asked.Operation == "probe")
            {
                throw ScriptedConnection.Error(PlatformErrorKind.Transient, 404);
            }
        };
        _world.Watch("a");
        _world.Advance(40);
        Vanish("a");

        _world.Advance(1200);

        Assert.Empty(Proofs());
    }

    [Fact]
    public void ClockSetForward_ProvesNothingSooner()
    {
        _world.WatchMany(2);
        _world.Advance(40);
        Vanish("e0");
        _world.Advance(10);

        _world.Time.SetClock(TimeSpan.FromHours(1));
        _world.Advance(100);

        Assert.Empty(Proofs());
    }

    [Fact]
    public void InBatches_AMissingRunIsPolledAlone_AndTheOthersTogether()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { MaxRunsPerPoll = 100 };
        _world.WatchMany(50);
        _world.Advance(40);
        Vanish("e0");
        _world.Clear();

        _world.Advance(180);

        Assert.Contains(AbsenceProof.RunFound, Proofs());
        Assert.InRange(_world.Platform.Polls.Count(poll => poll.Ids is ["run-of-e0"]), 3, 15);
        Assert.Contains(_world.Platform.Polls, poll => poll.Ids.Length > 40);
    }

    [Fact]
    public void InBatches_AllTogether_AreNotPolledOneByOne()
    {
        _world.Platform.Capabilities = _world.Platform.Capabilities with { MaxRunsPerPoll = 100 };
        _world.WatchMany(50);
        _world.Advance(40);
        _world.Platform.Runs.Clear();
        _world.Clear();

        _world.Advance(500);

        // One by one it would be more than a thousand.
        Assert.InRange(_world.Platform.Polls.Count(), 10, 600);
    }

    private void Vanish(string id) => _world.Platform.Runs.Remove($"run-of-{id}");

    private List<AbsenceProof> Proofs() =>
        [.. _world.Grains.Observed.Select(told => told.Report).OfType<LifecycleInput.NotFound>().Select(missed => missed.Proof).Where(proof => proof != AbsenceProof.None)];
}
