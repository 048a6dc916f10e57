namespace Vigil.Gateway;

/// <summary>Where a connection stands. Numbers are those of the silo that answers.</summary>
public sealed record ConnectionStatus
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its platform.</summary>
    public required string Platform { get; init; }

    /// <summary>Gets <c>active</c> or <c>suspended</c>.</summary>
    public required string State { get; init; }

    /// <summary>Gets why it is suspended.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets since when it is suspended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the kinds of target that it runs.</summary>
    public required IReadOnlyList<string> TargetKinds { get; init; }

    /// <summary>Gets how many executions it watches.</summary>
    public int Watched { get; init; }

    /// <summary>Gets how many starts wait for a slot.</summary>
    public int Queued { get; init; }

    /// <summary>Gets the seconds between two polls of a run that the budget allows at the moment.</summary>
    public double EffectiveCadenceSeconds { get; init; }

    /// <summary>Gets how many requests a minute the silo that answers may send at the moment: its part of what the connection may.</summary>
    public double RequestsPerMinute { get; init; }

    /// <summary>Gets the last failure of a request.</summary>
    public string? LastError { get; init; }
}
