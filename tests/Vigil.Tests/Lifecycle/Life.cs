using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle;

/// <summary>One execution under test: it keeps the state and the time, and checks with every input what no transition may break.</summary>
internal sealed class Life
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public DateTimeOffset Now { get; private set; } = Epoch;

    public PlatformCapabilities Capabilities { get; init; } = new() { Cancel = true, Retry = true };

    public AmbiguousStart Policy { get; init; } = AmbiguousStart.Fail;

    /// <summary>Gets or sets a value indicating whether the poller holds the answer to the start.</summary>
    public bool StartIsHeld { get; set; }

    /// <summary>Gets or sets a value indicating whether the poller is reporting the end of the run.</summary>
    public bool EndIsHeld { get; set; }

    public ExecutionState? Stored { get; private set; }

    public ExecutionState State => Current ?? throw new InvalidOperationException("Nothing was accepted yet.");

    public LifecycleEffect[] Effects { get; private set; } = [];

    /// <summary>The type of the event of each write, in order; null for a write that told nobody.</summary>
    public List<string?> Writes { get; } = [];

    public string[] Reported => [.. Writes.OfType<string>()];

    private ExecutionState? Current { get; set; }

    public Life After(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public Life Apply(LifecycleInput input)
    {
        var context = new LifecycleContext(Now, Capabilities, Policy) { StartIsHeld = StartIsHeld, EndIsHeld = EndIsHeld };
        var transition = ExecutionLifecycle.Apply(Current, input, context);
        Assert.Null(TransitionChecks.Broken(Current, transition, context));
        Current = transition.State;
        Effects = [.. transition.Effects];
        if (Effects is [LifecycleEffect.Persist write, ..])
        {
            Stored = Current;
            Writes.Add(write.EventType);
        }

        return this;
    }

    /// <summary>The activation is gone with what was not stored, and another one reads the state.</summary>
    /// <param name="claimantIsActive">Whether the silo that claimed the start lives.</param>
    /// <param name="storedSteps">The steps that have stored what they were told last.</param>
    public Life Crash(bool claimantIsActive = false, params string[] storedSteps)
    {
        Current = StoredForm.Of(Stored!);
        var stored = Current.Steps
            .Where(entry => storedSteps.Contains(entry.Summary.Id))
            .ToImmutableDictionary(entry => StepKey.Of(Current.Id, entry.Summary.Id).Value, entry => entry.Version);
        return Apply(new LifecycleInput.Woken("silo-2", claimantIsActive, stored));
    }

    public bool Does<TEffect>()
        where TEffect : LifecycleEffect => Effects.OfType<TEffect>().Any();

    public TEffect Effect<TEffect>()
        where TEffect : LifecycleEffect => Assert.Single(Effects.OfType<TEffect>());

    public void HasNoEffects() => Assert.Empty(Effects);
}
