namespace Vigil.Platforms.Moderately;

/// <summary>
/// The differences between the two descriptions of this platform: its Python client, in snake_case, and its OpenAPI document, in camelCase. Paths,
/// statuses and errors are the same, and responses are read in either spelling.
/// </summary>
internal interface IModeratelyDialect
{
    // 1 if the list cannot be filtered by ids.
    int MaxRunsPerPoll { get; }

    StartOptions Options { get; }

    /// <summary>Adds the errors of a start that only this dialect has.</summary>
    void Check(StartExecution request, ICollection<FieldError> errors)
    {
    }

    void WriteStart(Utf8JsonWriter writer, RunRequest request);

    /// <summary>
    /// Returns the path and query of a page of the runs with these statuses and targets, of which none means all; several if one list cannot be filtered by
    /// all of them.
    /// </summary>
    IReadOnlyList<FormattableString> PagesOf(string team, IReadOnlyList<string> statuses, IReadOnlyList<string> targets, int page, int pageSize);

    /// <summary>Returns the path and query of the runs with the given ids.</summary>
    FormattableString PageOf(string team, IReadOnlyList<RemoteRun> runs) => throw new NotSupportedException();
}
