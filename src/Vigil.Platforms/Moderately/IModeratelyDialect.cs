using System.Text.Json;

namespace Vigil.Platforms.Moderately;

/// <summary>
/// What differs between the two descriptions of this platform: the one of its Python client, in snake_case, and its OpenAPI document, in
/// camelCase. Paths, statuses and errors are the same, and answers are read in either spelling.
/// </summary>
internal interface IModeratelyDialect
{
    /// <summary>Gets how many runs one list request can name; 1 where the list cannot be asked for ids.</summary>
    int MaxRunsPerPoll { get; }

    /// <summary>Gets the status filters that together cover the runs that have not ended.</summary>
    IReadOnlyList<string> ActiveFilters { get; }

    /// <summary>Adds what this dialect demands of a start.</summary>
    void Check(StartExecution request, ICollection<FieldError> errors);

    /// <summary>Writes the body of a start.</summary>
    void WriteStart(Utf8JsonWriter writer, RunRequest request);

    /// <summary>Returns the query of a page of the runs with a status.</summary>
    FormattableString PageOf(string team, string statusFilter, int page, int pageSize);

    /// <summary>Returns the query of the runs with given ids.</summary>
    FormattableString PageOf(string team, IReadOnlyList<RemoteRun> runs);
}
