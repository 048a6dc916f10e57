using Orleans.Storage;
using Vigil.Grains.Delivery;

namespace Vigil.Grains.Executions;

/// <summary>
/// The one door for starts and adoptions: what they are checked for before anything is stored, through whichever client they come. A repeated
/// request is judged by its hash alone, since what it was checked for when it was new may have changed.
/// </summary>
internal static class StartRules
{
    /// <summary>Checks a start and returns its hash.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="request">The start.</param>
    /// <param name="connections">The connections, where the start is new.</param>
    /// <exception cref="InvalidRequestException">The request breaks a limit of Vigil or of the platform.</exception>
    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    public static string Admit(string id, StartExecution request, PlatformConnections? connections)
    {
        RequestLimits.ThrowIfAny([.. RequestLimits.CheckId("id", id), .. Check(request, connections, out var input)]);
        if (connections is not null)
        {
            // Where the request is right but for its connection, that is what the caller must hear.
            connections.Get(request.Connection);
        }

        try
        {
            return RequestHash.Of(request, input);
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException([new("input", "must have strings of valid Unicode; one has half of a surrogate pair.")]);
        }
    }

    /// <summary>Checks an adoption and returns its hash.</summary>
    /// <exception cref="InvalidRequestException">The request breaks a limit of Vigil or of the platform.</exception>
    public static string Admit(string id, AdoptExecution request, PlatformConnections? connections)
    {
        RequestLimits.ThrowIfAny([.. RequestLimits.CheckId("id", id), .. Check(request, connections)]);
        return RequestHash.Of(request);
    }

    /// <summary>Returns all that is wrong with a start: by Vigil's limits, and by the platform's where its connection is known.</summary>
    public static ImmutableArray<FieldError> Check(StartExecution request, PlatformConnections? connections, out JsonElement? input)
    {
        var errors = RequestLimits.Check(request, out input);
        if (errors.Any(error => error.Field is "connection" or "target") || connections is null || !connections.TryGet(request.Connection, out var connection))
        {
            return errors.AddRange(CheckSubscribers(request.Subscribers));
        }

        // What is wrong by Vigil's own limits is not told a second time in the platform's words.
        var platform = connection.Connection.Check(request, input).Where(error => errors.All(other => other.Field != error.Field));
        return [.. errors, .. platform, .. CheckSubscribers(request.Subscribers)];
    }

    /// <summary>Returns all that is wrong with an adoption.</summary>
    public static ImmutableArray<FieldError> Check(AdoptExecution request, PlatformConnections? connections)
    {
        var errors = RequestLimits.Check(request).AddRange(CheckSubscribers(request.Subscribers));
        return request.Target is { } target && connections?.TryGet(request.Connection ?? "", out var connection) == true
            && !connection.Platform.TargetKinds.Contains(target.Kind) && errors.All(error => error.Field != "target.kind")
                ? errors.Add(new("target.kind", $"must be one of: {string.Join(", ", connection.Platform.TargetKinds)}."))
                : errors;
    }

    public static ExecutionConflictException RunWatched(string executionId, AdoptExecution request) =>
        new(executionId, "run_already_watched", $"Execution '{executionId}' already watches run '{request.RemoteId}' of connection '{request.Connection}'.");

    public static PlatformError RunAdopted(string executionId) => new(
        PlatformErrorKind.Final, "run_already_watched", $"Its run was adopted as execution '{executionId}'.", CertainlyNotActedOn: true);

    /// <summary>Returns the execution that watches the run which a refused write claims; null where the write was refused for something else.</summary>
    public static string? WatcherOf(InconsistentStateException refused) => (refused.InnerException as StoreConflictException)?.RemoteIdHolder;

    private static ImmutableArray<FieldError> CheckSubscribers(ImmutableArray<string> subscribers) => subscribers.IsDefaultOrEmpty ? [] :
    [
        .. subscribers
            .Where(subscriber => !GrainDestination.IsGrainId(subscriber, out _))
            .Select(subscriber => new FieldError("subscribers", $"'{subscriber}' is not a grain id; it has the form type/key.")),
    ];
}
