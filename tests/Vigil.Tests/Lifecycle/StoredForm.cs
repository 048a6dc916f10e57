using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle;

/// <summary>What is left of a state when it is read again.</summary>
internal static class StoredForm
{
    public static ExecutionState Of(ExecutionState state) => state with
    {
        Unsaved = false,
        Reports = [],
        RecheckRequestedAt = null,
        Steps = [.. state.Steps.Select(entry => entry with { Acknowledged = 0 })],
    };
}
