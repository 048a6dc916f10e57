using System.Net;

namespace Vigil.Simulator;

/// <summary>How the simulator is served.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Gets the address that it listens on. Default: loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Gets the port; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Gets the clock that the runs go by. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the file that says how targets run and what goes wrong; null: the stock targets, and nothing. See <see cref="ScriptFile"/>.</summary>
    public string? ScriptFile { get; init; }

    /// <summary>Gets the seed of ids and of drawn durations.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets a value indicating whether the platforms keep their published rate limits. Default: no, as tests and demos ask faster.</summary>
    public bool EnforceLimits { get; init; }

    /// <summary>Gets how many fields a GraphQL request may ask for. Default: 50.</summary>
    public int AliasLimit { get; init; } = 50;

    /// <summary>Gets the NATS server, such as <c>nats://127.0.0.1:4222</c>, to which platforms push what their runs do; null: they do not push.</summary>
    public Uri? NatsAddress { get; init; }

    /// <summary>Gets how many single requests the ledger keeps. Default: 200,000.</summary>
    public int LedgerCapacity { get; init; } = 200_000;
}
