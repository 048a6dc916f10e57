using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Orleans.Storage;
using Vigil.Grains.Delivery;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Grains.Executions;

/// <summary>What a start and an adoption are checked for before anything is stored.</summary>
internal static class StartRules
{
    /// <exception cref="InvalidRequestException">The request breaks a limit of the platform, or names a subscriber that is no grain.</exception>
    public static void Check(StartExecution request, PlatformConnection connection) =>
        ThrowIfAny([.. connection.Connection.Check(request), .. CheckSubscribers(request.Subscribers)]);

    /// <exception cref="InvalidRequestException">The request names a subscriber that is no grain.</exception>
    public static void Check(AdoptExecution request) => ThrowIfAny(CheckSubscribers(request.Subscribers));

    /// <summary>Returns what tells two adoptions apart: the run. Who adopts it again with other labels means the same run.</summary>
    public static string HashOf(AdoptExecution request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"adopt\n{request.Connection}\n{request.RemoteId}")));

    public static ExecutionConflictException RunWatched(string executionId, AdoptExecution request) =>
        new(executionId, "run_already_watched", $"Execution '{executionId}' already watches run '{request.RemoteId}' of connection '{request.Connection}'.");

    public static PlatformError RunAdopted(string executionId) => new(
        PlatformErrorKind.Final, "run_already_watched", $"Its run was adopted as execution '{executionId}'.", CertainlyNotActedOn: true);

    /// <summary>Returns the execution that watches the run which a refused write claims; null where the write was refused for something else.</summary>
    public static string? WatcherOf(InconsistentStateException refused) => (refused.InnerException as StoreConflictException)?.RemoteIdHolder;

    private static ImmutableArray<FieldError> CheckSubscribers(ImmutableArray<string> subscribers) =>
    [
        .. subscribers
            .Where(subscriber => !GrainDestination.IsGrainId(subscriber, out _))
            .Select(subscriber => new FieldError("subscribers", $"'{subscriber}' is no grain id; it has the form type/key.")),
    ];

    private static void ThrowIfAny(ImmutableArray<FieldError> errors)
    {
        if (!errors.IsEmpty)
        {
            throw new InvalidRequestException(errors);
        }
    }
}
