namespace Vigil.Platforms.Cognite;

/// <summary>The pair in a run's metadata by which an execution's start can be found.</summary>
internal static class StartMarker
{
    public const string Key = "vigil_execution_id";

    /// <summary>Returns whether a listed run was started for an execution.</summary>
    public static bool IsOn(JsonView run, string executionId) => run["metadata"][Key].Text() == executionId;
}
