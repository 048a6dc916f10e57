using Vigil.Grains;
using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>What is broken on purpose in a world, to show that the simulation notices.</summary>
internal sealed record Breakage
{
    public static Breakage None { get; } = new();

    public LifecycleRules Rules { get; init; } = ExecutionLifecycle.Apply;

    /// <summary>Gets what the worlds have in common, where the damage would show in few of them otherwise.</summary>
    public Func<Scenario, Scenario> Focus { get; init; } = scenario => scenario;

    /// <summary>Gets how the poller claims a start, given how it should.</summary>
    public Func<Func<Task<SendPermit?>>, Task<SendPermit?>> Claim { get; init; } = claim => claim();

    /// <summary>Gets a value indicating whether writes are answered before they are durable.</summary>
    public bool AnswersBeforeCommit { get; init; }

    /// <summary>Gets how long a start lies about before it leaves.</summary>
    public double SendDelaySeconds { get; init; }
}
