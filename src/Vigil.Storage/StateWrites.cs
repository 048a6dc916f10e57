namespace Vigil.Storage;

/// <summary>What every provider checks of a write before it is queued.</summary>
internal static class StateWrites
{
    /// <exception cref="ArgumentException">The write does not fit its kind of state.</exception>
    public static void Check(StateWrite write)
    {
        ArgumentException.ThrowIfNullOrEmpty(write.Key.Id);
        var isExecution = write.Key.Kind == StateKind.Execution;
        if (isExecution != (write.Columns is not null))
        {
            throw new ArgumentException("An execution has columns, and no other state has.", nameof(write));
        }

        if (!isExecution && (write.Event is not null || !write.Payloads.IsDefaultOrEmpty || !write.Steps.IsDefaultOrEmpty))
        {
            throw new ArgumentException("Only an execution has events, payloads and steps.", nameof(write));
        }

        if (write.Key.Kind == StateKind.Step && write.Key.Id.IndexOf('/') < 1)
        {
            throw new ArgumentException($"The id of a step begins with the execution's id and a slash, but this one is '{write.Key.Id}'.", nameof(write));
        }
    }
}
