using System.Security.Cryptography;
using Orleans.Concurrency;

namespace Vigil;

/// <summary>
/// Adopts one run. It is one place for all that adopt the run at the same time, so that they share one look at the platform. The key is from
/// <see cref="KeyOf"/>.
/// </summary>
[Alias("vigil.IAdoptionGrain")]
public interface IAdoptionGrain : IGrainWithStringKey
{
    /// <summary>Returns the key for a run.</summary>
    static string KeyOf(string connection, string remoteId) => $"{connection}/{remoteId}";

    /// <summary>Returns the id of the execution that watches an adopted run, if the caller gives none: the same for every adoption of the run.</summary>
    static string ExecutionIdOf(string connection, string remoteId) =>
        "adopted-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{connection}\n{remoteId}")).AsSpan(0, 16));

    /// <summary>Starts to watch the run, or returns the execution that watches it already.</summary>
    /// <param name="request">The run; the grain's key must be its key.</param>
    /// <param name="executionId">The execution's id; null for <see cref="ExecutionIdOf"/>.</param>
    /// <param name="seen">What is known of the run from a list; null to look at it first.</param>
    /// <exception cref="InvalidRequestException">The adoption breaks a limit, or names a kind of target that the platform does not run.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    /// <exception cref="RemoteRunNotFoundException">The platform does not know the run.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    [Alias("AdoptAsync"), AlwaysInterleave, AnyGateway]
    Task<StartResult> AdoptAsync(AdoptExecution request, string? executionId, Observation? seen);
}
