namespace Vigil.Storage;

/// <summary>The names under which grains find Vigil's storage.</summary>
public static class VigilStorage
{
    /// <summary>The name of the grain storage provider.</summary>
    public const string ProviderName = "vigil";

    /// <summary>
    /// The name of a step's state, which lies in the table of steps. A state that is an <see cref="IStoredExecution"/> lies in the table of
    /// executions under any name; all others lie together under their grain's id and their own name.
    /// </summary>
    public const string StepStateName = "step";
}
