using Orleans.Storage;

namespace Vigil.Grains.Executions;

/// <summary>
/// Validates every start and adoption before anything is stored, whichever client it comes from. A repeated request is compared by its hash alone, since
/// what it was validated against may have changed meanwhile.
/// </summary>
internal static class StartRules
{
    /// <summary>Checks a start and returns its hash.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="request">The start.</param>
    /// <param name="connections">The connections; null if the start is repeated.</param>
    /// <exception cref="InvalidRequestException">The request breaks a limit of Vigil or of the platform.</exception>
    public static string Admit(string id, StartExecution request, PlatformConnections? connections)
    {
        RequestLimits.ThrowIfAny([.. RequestLimits.CheckId("id", id), .. Check(request, connections, out var input)]);
        try
        {
            return RequestHash.Of(request, input);
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException([new("input", "must contain only valid Unicode; a string has an unpaired surrogate.")]);
        }
    }

    /// <summary>Checks an adoption and returns its hash.</summary>
    /// <exception cref="InvalidRequestException">The request breaks a limit of Vigil or of the platform.</exception>
    public static string Admit(string id, AdoptExecution request, PlatformConnections? connections)
    {
        RequestLimits.ThrowIfAny([.. RequestLimits.CheckId("id", id), .. Check(request, connections)]);
        return RequestHash.Of(request);
    }

    /// <summary>Returns all errors of a start: against Vigil's limits and, if its connection is known, the platform's.</summary>
    public static ImmutableArray<FieldError> Check(StartExecution request, PlatformConnections? connections, out JsonElement? input)
    {
        var errors = RequestLimits.Check(request, out input);
        if (errors.Any(error => error.Field is "connection" or "target") || connections is null || !connections.TryGet(request.Connection, out var connection))
        {
            return errors;
        }

        // A field that breaks Vigil's own limits is not reported again by the platform's checks.
        var readable = errors.Any(error => error.Field == "options") ? request with { Options = null } : request;
        var platform = connection.Connection.Check(readable, input).Where(error => errors.All(other => other.Field != error.Field));
        return [.. errors, .. platform];
    }

    /// <summary>Returns all errors of an adoption.</summary>
    public static ImmutableArray<FieldError> Check(AdoptExecution request, PlatformConnections? connections)
    {
        var errors = RequestLimits.Check(request);
        return request.Target is { } target && connections?.TryGet(request.Connection ?? "", out var connection) == true
            && !connection.Platform.TargetKinds.Contains(target.Kind) && errors.All(error => error.Field != "target.kind")
                ? errors.Add(new("target.kind", $"must be one of: {string.Join(", ", connection.Platform.TargetKinds)}."))
                : errors;
    }

    public static ExecutionConflictException RunWatched(string executionId, AdoptExecution request) =>
        new(executionId, "run_already_watched", $"Execution '{executionId}' already watches run '{request.RemoteId}' of connection '{request.Connection}'.");

    public static PlatformError RunAdopted(string executionId) => new(
        PlatformErrorKind.Final, "run_already_watched", $"The run was adopted as execution '{executionId}'.", CertainlyNotActedOn: true);

    /// <summary>Returns the execution that already watches the run, if that is why the write was refused; otherwise null.</summary>
    public static string? WatcherOf(InconsistentStateException refused) => (refused.InnerException as StoreConflictException)?.RemoteIdHolder;
}
