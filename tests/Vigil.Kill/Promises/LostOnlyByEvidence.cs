using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>
/// An execution is lost only if its own start request was cut, or if the silo that had claimed it died, or could not act, between the claim and the stored
/// answer. The platforms' ledger and the kill log must say so; that something else was hurt at the time explains nothing.
/// </summary>
internal sealed class LostOnlyByEvidence : IPromise
{
    /// <summary>The platforms that can be asked for a start whose answer was lost.</summary>
    public static readonly string[] FindStartsAgain = ["manifest", "cognite"];

    public string Name => "lost only by evidence";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        var (lost, cuts) = (0, 0);
        foreach (var (order, seen, run) in record.Settled.Where(settled => settled.Seen.Execution.Status == ExecutionStatus.Lost))
        {
            lost++;
            cuts += HasEvidence(record, order) ? 1 : 0;
            if (Unexcused(record, order, seen.Execution) is { } why)
            {
                yield return new(Name, order.Key, $"{why}; {(run is null ? "the platform never ran it" : $"the platform has it as {run.RemoteId}")}");
            }
        }

        if (lost > cuts)
        {
            yield return new(Name, null, $"{lost} are lost, but only {cuts} start requests were cut or had their silo die");
        }
    }

    /// <summary>Returns whether the platform took a start, or may have, whose answer never left it.</summary>
    public static bool WasCut(LedgerRequest start) => start.Status == 0 || start.Fault?.StartsWith(PlatformFaults.Silence, StringComparison.Ordinal) == true;

    private static string? Unexcused(TrialRecord record, Order order, Execution execution) =>
        execution.Failure?.Reason != "start_unconfirmed" ? $"is lost ({execution.Failure?.Reason}), although the platform can be asked for it"
        : FindStartsAgain.Contains(order.Platform) ? "is lost, although its start could be found on the platform"
        : HasEvidence(record, order) ? null
        : "is lost, although its start was not cut and its silo did not die before the answer was stored";

    /// <summary>Returns whether Vigil cannot know the fate of an order's start.</summary>
    public static bool HasEvidence(TrialRecord record, Order order) => record.StartsOf[order.Target].Any(WasCut) || DiedWithIt(record, order);

    private static bool DiedWithIt(TrialRecord record, Order order)
    {
        var journal = record.JournalOf[order.Key].OrderBy(entry => entry.At).ToList();
        if (journal.FindLast(entry => entry.Act == JournalAct.Claiming) is not { } claim)
        {
            return false;
        }

        // The answer, or that there is none, must be stored soon after it came; a store that is down makes it later.
        var end = journal.Find(entry => entry.At >= claim.At && entry.Act is JournalAct.Answered or JournalAct.Failed);
        var until = end is null ? DateTimeOffset.MaxValue : end.At + record.Limits.StoreGrace;
        until += end is null ? TimeSpan.Zero : StoreOutage(record, end.At, until);
        var own = record.Hurts.All.Where(hurt => hurt.Silo == claim.Silo && hurt.From <= until && hurt.To >= claim.At).ToList();
        return own.Exists(hurt => Ends(hurt) && hurt.From >= claim.At) || own.Exists(hurt => Hinders(record, hurt));
    }

    private static bool Ends(Hurt hurt) => hurt.Kind is HurtKind.Killed or HurtKind.DeclaredDead or HurtKind.Crashed;

    // A silo that cannot act for longer than its request may take finds it timed out, and one that the others declare dead meanwhile dies when it is back.
    private static bool Hinders(TrialRecord record, Hurt hurt) => hurt.Kind is HurtKind.Frozen or HurtKind.Partitioned
        && (hurt.To - hurt.From >= record.Limits.RequestTimeout
            || record.Hurts.All.Any(death => death.Kind == HurtKind.DeclaredDead && death.Silo == hurt.Silo && death.From >= hurt.From
                && death.From <= hurt.To + record.Limits.Aftermath));

    private static TimeSpan StoreOutage(TrialRecord record, DateTimeOffset from, DateTimeOffset to) => record.Hurts.Between(from, to)
        .Where(hurt => hurt.Kind is HurtKind.StoreDown or HurtKind.StoreStumbled)
        .Aggregate(TimeSpan.Zero, (sum, hurt) => sum + (hurt.To - hurt.From) + record.Limits.StoreGrace);
}
