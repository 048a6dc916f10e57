namespace Orleans.Runtime;

/// <summary>Knows the activation that the running code belongs to.</summary>
internal static class RuntimeContext
{
    [field: ThreadStatic]
    public static Activation? Current { get; set; }

    /// <summary>Refuses code that does not run on a grain's own scheduler.</summary>
    public static void Check(Activation expected)
    {
        if (Current != expected)
        {
            throw new InvalidOperationException(
                $"Activation access violation. Code outside of the turns of {expected.GrainId} attempted to access activation services.");
        }

        if (expected.IsEnded)
        {
            throw new InvalidOperationException($"Attempt to access an invalid activation: {expected}");
        }
    }

    /// <summary>Does something without the asynchronous locals of the running code: what is local to a caller stays with the caller.</summary>
    public static T Unflowed<T>(Func<T> action)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return action();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return action();
        }
    }
}
