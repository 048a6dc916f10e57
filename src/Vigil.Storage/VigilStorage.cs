namespace Vigil.Storage;

/// <summary>The names of Vigil's grain storage providers and states.</summary>
public static class VigilStorage
{
    /// <summary>The name of the grain storage provider for executions and their steps.</summary>
    public const string ProviderName = "vigil";

    /// <summary>
    /// The name of the grain storage provider for all other states: Orleans' own, in the same database. It identifies a state by its name and the grain's
    /// key, so different kinds of grains need different state names. It treats a key of hexadecimal digits as a number, so keys need another character.
    /// </summary>
    public const string UnindexedProviderName = "vigil-unindexed";

    /// <summary>The name of an execution's state.</summary>
    public const string ExecutionStateName = "execution";

    /// <summary>The name of a step's state.</summary>
    public const string StepStateName = "step";
}
