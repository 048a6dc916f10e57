using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>What is special about one simulated execution, its platform and its bad luck. All of it comes from the seed.</summary>
internal sealed record Scenario
{
    public required PlatformCapabilities Capabilities { get; init; }

    public required AmbiguousStart Policy { get; init; }

    public required bool CancelOnAbandon { get; init; }

    public required TimeSpan Deadline { get; init; }

    /// <summary>Gets how likely a fault is wherever one can happen.</summary>
    public required double Fault { get; init; }

    /// <summary>Gets how long faults happen; afterwards all works, so that everything must come to its end.</summary>
    public TimeSpan FaultPeriod { get; } = TimeSpan.FromMinutes(6);

    public required bool TellsEnd { get; init; }

    /// <summary>Gets a value indicating whether the platform's list says less of an end than its detail.</summary>
    public required bool PartialAnswers { get; init; }

    public required int Steps { get; init; }

    /// <summary>Gets how far a lagging copy of the platform, which answers now and then, is behind.</summary>
    public required double LagSeconds { get; init; }

    /// <summary>Gets how long after its start a run cannot be seen.</summary>
    public required double InvisibleSeconds { get; init; }

    /// <summary>Gets when the platform forgets the run; null: never.</summary>
    public required double? VanishesAfterSeconds { get; init; }

    public required bool Adopted { get; init; }

    /// <summary>Gets a value indicating whether somebody sets silos' clocks forward and back, while there are faults.</summary>
    public required bool SetsClocks { get; init; }

    /// <summary>Gets the connection as an operator would configure it.</summary>
    public ConnectionOptions Connection => new() { Name = Silo.Connection, Platform = "simulated", AmbiguousStart = Policy };

    public static Scenario Of(Random random)
    {
        bool Chance(double p) => random.NextDouble() < p;
        return new()
        {
            Capabilities = new()
            {
                Cancel = Chance(0.7),
                Retry = Chance(0.5),
                StartMarker = Chance(0.4),
                Steps = true,
                ProbeFindsSomething = true,
                MaxRunsPerPoll = Chance(0.3) ? 100 : 1,
                MaxActivePage = Chance(0.2) ? 50 : 0,
            },
            Policy = Chance(0.7) ? AmbiguousStart.Fail : AmbiguousStart.Resubmit,
            CancelOnAbandon = Chance(0.5),
            Deadline = TimeSpan.FromSeconds(Chance(0.2) ? random.Next(3, 120) : random.Next(300, 1800)),
            Fault = random.Next(4) switch { 0 => 0, 1 => 0.01, 2 => 0.04, _ => 0.12 },
            TellsEnd = Chance(0.7),
            PartialAnswers = Chance(0.3),
            Steps = Chance(0.5) ? 0 : Chance(0.04) ? 150 : random.Next(1, 6),
            LagSeconds = Chance(0.3) ? random.Next(1, 10) : 0,
            InvisibleSeconds = Chance(0.3) ? random.Next(1, 25) : 0,
            VanishesAfterSeconds = Chance(0.05) ? random.Next(5, 200) : null,
            Adopted = Chance(0.1),
            SetsClocks = Chance(0.3),
        };
    }
}
