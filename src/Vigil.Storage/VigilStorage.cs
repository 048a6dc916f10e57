namespace Vigil.Storage;

/// <summary>The names under which grains find Vigil's storage.</summary>
public static class VigilStorage
{
    /// <summary>The name of the grain storage provider for executions and their steps, whose states have tables and columns of their own.</summary>
    public const string ProviderName = "vigil";

    /// <summary>
    /// The name of the grain storage provider for all other states: Orleans' own, in the same database. It tells states apart by their name and the
    /// grain's key, so a state's name belongs to one kind of grain. It takes a key of hex digits for a number, so a key has another character in it.
    /// </summary>
    public const string UnindexedProviderName = "vigil-unindexed";

    /// <summary>The name of an execution's state, which lies in the table of executions.</summary>
    public const string ExecutionStateName = "execution";

    /// <summary>The name of a step's state, which lies in the table of steps.</summary>
    public const string StepStateName = "step";
}
