namespace Vigil.Kill;

/// <summary>Who waits is answered: in time, with the end as soon as there is one, and with nothing that turns out untrue.</summary>
internal sealed class WaitsAreAnswered : IPromise
{
    // The caller may see a connection break before the trial sees the process gone.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    public string Name => "waits are answered";

    public IEnumerable<Breach> Judge(TrialRecord record) =>
        from wait in record.Waits
        let wrong = WrongIn(record, wait)
        where wrong is not null
        select new Breach(Name, wait.Key, $"silo {wait.Silo}, asked at {wait.AskedAt:HH:mm:ss.f} to wait {wait.Wait.TotalSeconds:N0} s, {wrong}");

    private static string? WrongIn(TrialRecord record, WaitAnswer wait)
    {
        var took = wait.AnsweredAt - wait.AskedAt;
        var own = record.Hurts.Between(wait.AskedAt - record.Limits.WaitGrace, wait.AnsweredAt + Slack).Where(hurt => hurt.Hits(wait.Silo)).ToList();
        var allowed = wait.Wait + record.Limits.WaitGrace + record.Hurts.Delay(wait.AskedAt, wait.AnsweredAt, record.Limits.Aftermath);
        return wait.Outcome switch
        {
            // A process that stops as it is told answers who asked while it still listened. Between silos in networks of their own and the caller is a
            // relay, which takes a connection and closes it when it finds no process.
            WaitOutcome.Broken => own.Exists(hurt => hurt.Kind is HurtKind.Killed or HurtKind.DeclaredDead or HurtKind.Frozen or HurtKind.Stopped
                || (hurt.Kind is HurtKind.Stopping && wait.AskedAt >= hurt.From + record.Limits.ListensOn)) ? null : "sent an empty reply",
            WaitOutcome.Refused => own.Exists(IsAway) ? null : "could not be reached",
            WaitOutcome.Late => took <= allowed ? null : $"had not answered after {took.TotalSeconds:N1} s",
            _ when took > allowed => $"answered after {took.TotalSeconds:N1} s",
            _ when wait.Code >= 500 => record.Hurts.OwnBetween(wait.AskedAt - record.Limits.Aftermath, wait.AnsweredAt).Any() ? null : $"answered {wait.Code}, although nothing was hurt",
            _ when wait.Execution is null => $"answered {wait.Code}",
            _ => WrongIn(record, wait, wait.Execution),
        };
    }

    private static string? WrongIn(TrialRecord record, WaitAnswer wait, Execution execution)
    {
        var told = record.DeliveredOf[wait.Key].Where(line => line.Event.Type == ExecutionEventTypes.Ended && line.Event.Attempt == execution.Attempt).ToList();
        if (execution.Terminal)
        {
            return record.StoredOf[wait.Key].Any(line => line.Type == ExecutionEventTypes.Ended && line.Attempt == execution.Attempt && line.Status == execution.Status)
                ? null
                : $"answered {execution.Status}, which no end says";
        }

        var stops = record.Hurts.Between(wait.AskedAt - record.Limits.WaitGrace, wait.AnsweredAt).Any(hurt => hurt.Hits(wait.Silo) && hurt.Kind == HurtKind.Stopping);
        if (!stops && wait.AnsweredAt - wait.AskedAt < wait.Wait - record.Limits.WaitGrace)
        {
            return $"answered {execution.Status} after {(wait.AnsweredAt - wait.AskedAt).TotalSeconds:N1} s";
        }

        return told.FirstOrDefault() is { } end && !stops
            && wait.AnsweredAt - end.At > record.Limits.WaitGrace + record.Hurts.Delay(end.At, wait.AnsweredAt, record.Limits.Aftermath)
                ? $"answered {execution.Status} {(wait.AnsweredAt - end.At).TotalSeconds:N1} s after its end"
                : null;
    }

    private static bool IsAway(Hurt hurt) => hurt.Kind
        is HurtKind.Killed or HurtKind.DeclaredDead or HurtKind.Stopped or HurtKind.Stopping or HurtKind.Frozen or HurtKind.Crashed;
}
