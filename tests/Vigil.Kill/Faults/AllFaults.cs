namespace Vigil.Kill;

/// <summary>Every fault.</summary>
internal static class AllFaults
{
    public static IReadOnlyList<IFault> All { get; } =
    [
        new Kill(), new KillAtWrite(), new Terminate(), new RollingStop(), new Freeze(), new LongFreeze(), new Partition(), new SetClock(), new JumpClock(),
        new LockStore(), new CutStore(), new StopStore(), new StopStoreLong(), new SilencePlatform(), new ExpireTokens(),
    ];

    /// <summary>Returns those that can be done in a trial, and says loudly which cannot.</summary>
    public static IReadOnlyList<IFault> For(TrialContext context, bool isShort, Action<string> say)
    {
        var wanted = All.Where(fault => fault.IsShort || !isShort).ToLookup(fault => fault.WhyNot(context));
        foreach (var skipped in wanted.Where(group => group.Key is not null))
        {
            say($"!!! Not tried, because {skipped.Key}: {string.Join(", ", skipped.Select(fault => fault.Name))}.");
        }

        return [.. wanted[null]];
    }
}
