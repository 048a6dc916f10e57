using Orleans.Concurrency;

namespace Vigil;

/// <summary>One connection of the cluster: its health, and whether an operator has paused it. The key is a <see cref="ConnectionKey"/>.</summary>
[Alias("vigil.IConnectionGrain")]
public interface IConnectionGrain : IGrainWithStringKey
{
    /// <summary>Returns the connection's health.</summary>
    [Alias("GetAsync"), AlwaysInterleave, AnyGateway]
    Task<ConnectionHealth> GetAsync();

    /// <summary>
    /// Suspends the connection because its credential was refused or an operator paused it. Suspending it again keeps the first reason and time, except
    /// that an operator's pause replaces a suspension for a refused credential, which would end by itself.
    /// </summary>
    /// <param name="reason"><see cref="SuspensionReasons.CredentialRefused"/>, or any other text for an operator's pause.</param>
    [Alias("SuspendAsync"), AnyGateway]
    Task<ConnectionHealth> SuspendAsync(string reason);

    /// <summary>Ends the suspension.</summary>
    [Alias("ResumeAsync"), AnyGateway]
    Task<ConnectionHealth> ResumeAsync();

    /// <summary>Sets what the standing adopt rule has done, for <see cref="ConnectionHealth.Adoption"/>. It is not stored.</summary>
    [Alias("ReportAdoptionAsync"), AlwaysInterleave, AnyGateway]
    Task ReportAdoptionAsync(AdoptCounts counts);
}

/// <summary>The key of a connection's grain. The slash keeps it from being a hexadecimal number, which ADO.NET grain storage would store as a numeric key.</summary>
public static class ConnectionKey
{
    /// <summary>
    /// The key in Orleans' request context under which a caller names the connection of what it starts. While silos differ in their connections, Vigil then
    /// places it on one that has the connection at once; without it, the first call may fail because the grain moves there.
    /// </summary>
    public const string PlacementHint = "vigil.connection";

    /// <summary>Returns the key of a connection's grain.</summary>
    public static string Of(string name) => $"connection/{name}";
}

/// <summary>Why a connection is suspended.</summary>
public static class SuspensionReasons
{
    /// <summary>The platform refused the credential; the suspension ends by itself once it is accepted again.</summary>
    public const string CredentialRefused = "credential_refused";

    /// <summary>An operator paused it; only an operator resumes it.</summary>
    public const string Paused = "paused";
}

/// <summary>The health of a connection.</summary>
/// <param name="Suspended">Whether it is suspended; while it is, only requests that test the credential are sent.</param>
/// <param name="Reason">Why it is suspended.</param>
/// <param name="Since">When it was suspended.</param>
/// <param name="Adoption">What the connection's standing adopt rule has done, if the silo that carries it out has reported it.</param>
[GenerateSerializer, Immutable, Alias("vigil.ConnectionHealth")]
public sealed record ConnectionHealth(
    [property: Id(0)] bool Suspended,
    [property: Id(1)] string? Reason = null,
    [property: Id(2)] DateTimeOffset? Since = null,
    [property: Id(3)] AdoptCounts? Adoption = null);
