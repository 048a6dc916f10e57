using Orleans.Concurrency;

namespace Vigil;

/// <summary>One connection of the cluster: its health and, at an operator's wish, its pause. The key is <c>connection/{name}</c>.</summary>
[Alias("vigil.IConnectionGrain")]
public interface IConnectionGrain : IGrainWithStringKey
{
    /// <summary>Returns where the connection stands.</summary>
    [Alias("GetAsync"), AlwaysInterleave]
    Task<ConnectionHealth> GetAsync();

    /// <summary>Suspends the connection: its credential was refused, or an operator paused it. Suspending twice keeps the first time.</summary>
    [Alias("SuspendAsync")]
    Task<ConnectionHealth> SuspendAsync(string reason);

    /// <summary>Ends the suspension.</summary>
    [Alias("ResumeAsync")]
    Task<ConnectionHealth> ResumeAsync();
}

/// <summary>Where a connection stands.</summary>
/// <param name="Suspended">Whether it waits; no request is sent for its executions but the one that tests the credential.</param>
/// <param name="Reason">Why it waits.</param>
/// <param name="Since">Since when it waits.</param>
[GenerateSerializer, Immutable, Alias("vigil.ConnectionHealth")]
public sealed record ConnectionHealth(
    [property: Id(0)] bool Suspended,
    [property: Id(1)] string? Reason = null,
    [property: Id(2)] DateTimeOffset? Since = null);
