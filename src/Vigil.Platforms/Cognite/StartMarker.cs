namespace Vigil.Platforms.Cognite;

/// <summary>The pair of a run's metadata by which an execution's start is found again.</summary>
internal static class StartMarker
{
    public const string Key = "vigil_execution_id";

    /// <summary>Tells whether a listed run was started for an execution.</summary>
    public static bool IsOn(JsonView run, string executionId) => run["metadata"][Key].Text() == executionId;
}
