using System.Net;

namespace Vigil.Simulator;

/// <summary>The options of the simulator.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Gets the address to listen on. Default: loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Gets the port; 0 for any free port. Default: 0.</summary>
    public int Port { get; init; }

    /// <summary>Gets the clock of the runs. Default: the system clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the file with scripts and faults, see <see cref="ScriptFile"/>; null for the stock scripts without faults.</summary>
    public string? ScriptFile { get; init; }

    /// <summary>Gets the file that keeps the runs, so that they go on after a restart; null to keep them in memory alone.</summary>
    public string? RunsFile { get; init; }

    /// <summary>Gets the seed of ids and random durations. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets a value indicating whether the platforms enforce their published rate limits. Default: true.</summary>
    public bool EnforceLimits { get; init; } = true;

    /// <summary>Gets the window in which the limits count requests. Default: a minute, as published.</summary>
    public TimeSpan LimitWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets what happens to a start of a target that no script names. Default: <see cref="UnknownTargets.Refuse"/>.</summary>
    public UnknownTargets UnknownTargets { get; init; }

    /// <summary>Gets how many root fields a GraphQL request may have. Default: 50.</summary>
    public int AliasLimit { get; init; } = 50;

    /// <summary>Gets the NATS server, such as <c>nats://127.0.0.1:4222</c>, to which platforms push events of their runs; null to push nothing.</summary>
    public Uri? NatsAddress { get; init; }

    /// <summary>Gets what creates further platforms, each served below its own name like those that Vigil knows. It may be called more than once.</summary>
    public IReadOnlyList<Func<SimulatedPlatforms, SimulatedPlatform>> Platforms { get; init; } = [];

    /// <summary>Gets how many requests the ledger keeps. Default: 200,000.</summary>
    public int LedgerCapacity { get; init; } = 200_000;

    /// <summary>Gets the options for load and for tests of something else: no rate limits, and every target exists.</summary>
    public static SimulatorOptions Lenient { get; } = new() { EnforceLimits = false, UnknownTargets = UnknownTargets.Accept };
}

/// <summary>What happens to a start of a target that no script names.</summary>
public enum UnknownTargets
{
    /// <summary>It is refused as not found.</summary>
    Refuse = 0,

    /// <summary>It runs like <c>ok-5s</c>.</summary>
    Accept = 1,
}
