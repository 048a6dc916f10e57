namespace Vigil.Kill;

/// <summary>
/// The stored events tell an execution's whole life: each once, versions rising without a durable write left out, each type where it belongs, and none
/// missing that the run gave reason for.
/// </summary>
internal sealed class EventsAreComplete : IPromise
{
    // Progress is stored every 5 s at most; a run of this length has had time for it whatever happens.
    private static readonly TimeSpan LongRun = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(6);
    private static readonly string[] TellSteps = ["agentic", "moderately", "gloriamundo"];

    public string Name => "events are complete";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var (order, seen, run) in record.Settled)
        {
            var events = record.StoredOf[order.Key].ToList();
            var mayHaveEnded = LostOnlyByEvidence.HasEvidence(record, order);
            var wrong = Versions(record, order.Key, events, seen.Execution).Concat(Grammar(events, seen.Execution, mayHaveEnded));
            if (run is not null && seen.Execution.RemoteId == run.RemoteId && run.Attempt == 1)
            {
                wrong = wrong.Concat(Reasons(record, events, run));
            }

            foreach (var text in wrong)
            {
                yield return new(Name, order.Key, text);
            }
        }
    }

    private static IEnumerable<string> Versions(TrialRecord record, string key, List<SeenEvent> events, Execution execution)
    {
        foreach (var twice in events.GroupBy(line => line.EventId).Where(group => group.Count() > 1))
        {
            yield return $"event {twice.Key} is stored {twice.Count()} times";
        }

        if (!events.Select(line => line.Version).SequenceEqual(events.Select(line => line.Version).Order()))
        {
            yield return $"its events are stored out of order: {string.Join(", ", events.Select(line => line.Version))}";
        }

        foreach (var alien in events.Where(line => line.EventId != $"{key}/{line.Version}" || line.Version < 1 || line.Version > execution.Version))
        {
            yield return $"event {alien.EventId} has version {alien.Version}, but the execution is at {execution.Version}";
        }

        // Some writes tell nobody on purpose; the journal says which.
        var told = events.Select(line => line.Version).ToHashSet();
        var writes = record.JournalOf[key].Where(entry => entry.Act is JournalAct.Writing).ToLookup(entry => entry.Version);
        for (var version = 1L; version <= execution.Version; version++)
        {
            if (!told.Contains(version) && writes[version].All(write => write.EventType is not null))
            {
                yield return writes.Contains(version)
                    ? $"version {version} has no event, although {writes[version].Last().EventType} was to be stored with it"
                    : $"version {version} was left out";
            }
        }
    }

    private static IEnumerable<string> Grammar(List<SeenEvent> events, Execution execution, bool mayHaveEnded)
    {
        var isOpen = false;
        foreach (var (index, line) in events.Index())
        {
            var wrong = line.Type switch
            {
                ExecutionEventTypes.Accepted => index == 0 ? null : "was accepted again",
                _ when index == 0 => "was not accepted first",
                ExecutionEventTypes.Ended when !line.Status.IsTerminal() => $"ended as {line.Status}",
                ExecutionEventTypes.Ended => isOpen ? null : "ended again without having been reopened",
                ExecutionEventTypes.Started or ExecutionEventTypes.AwaitingInput => isOpen ? null : $"has {line.Type} after its end",
                _ => null,
            };
            isOpen = line.Type switch
            {
                ExecutionEventTypes.Ended => false,
                ExecutionEventTypes.Updated => isOpen,
                _ => true,
            };
            if (wrong is not null)
            {
                yield return $"{wrong} (event {line.EventId})";
            }
        }

        for (var attempt = 1; attempt <= execution.Attempt; attempt++)
        {
            foreach (var wrong in OfAttempt(attempt, [.. events.Where(line => line.Attempt == attempt)], mayHaveEnded))
            {
                yield return wrong;
            }
        }

        if (events is [.., var last] && last.Status != execution.Status)
        {
            yield return $"is {execution.Status}, but its last event says {last.Status}";
        }
    }

    private static IEnumerable<string> OfAttempt(int attempt, List<SeenEvent> events, bool mayHaveEnded)
    {
        int Count(string type) => events.Count(line => line.Type == type);

        if (Count(ExecutionEventTypes.Started) > 1)
        {
            yield return $"attempt {attempt} was started {Count(ExecutionEventTypes.Started)} times";
        }

        if (Count(ExecutionEventTypes.Ended) == 0)
        {
            yield return $"the end of attempt {attempt} has no event";
        }

        if (attempt > 1 && Count(ExecutionEventTypes.Reopened) == 0)
        {
            yield return $"attempt {attempt} was never opened";
        }

        // A start that was confirmed only after an abandoning is an update, and one that had to be looked for may be found when its run has ended.
        var end = events.FindIndex(line => line.Type == ExecutionEventTypes.Ended);
        if (attempt == 1 && !mayHaveEnded && Count(ExecutionEventTypes.Started) == 0 && end >= 0 && events[end].RemoteId is not null)
        {
            yield return "its start has no event";
        }
    }

    /// <summary>What the run did while it was watched and nothing was hurt must have been told.</summary>
    private static IEnumerable<string> Reasons(TrialRecord record, List<SeenEvent> events, RealRun run)
    {
        var until = record.DeliveredOf[run.Key].FirstOrDefault(line => line.Event.Type == ExecutionEventTypes.Ended)?.At ?? DateTimeOffset.MaxValue;
        until = run.EndedAt < until ? run.EndedAt.Value : until;
        var isCalm = until < DateTimeOffset.MaxValue && !record.Hurts.Between(run.AcceptedAt - record.Limits.Aftermath, until).Any();
        if (!isCalm)
        {
            yield break;
        }

        var pause = run.State.Steps.FirstOrDefault(step => step.Script.AwaitsInput && step.StartedAt is not null);
        var pauseEnd = pause?.EndedAt < until ? pause.EndedAt : until;
        if (run.Platform is "moderately" or "gloriamundo" && pauseEnd - pause?.StartedAt > LongPause && events.TrueForAll(line => line.Type != ExecutionEventTypes.AwaitingInput))
        {
            yield return "awaited input, but no event told it";
        }

        // One change of steps a few seconds after the start and as long before the end.
        if (TellSteps.Contains(run.Platform) && until - run.AcceptedAt > LongRun && events.TrueForAll(line => line.Type != ExecutionEventTypes.Updated)
            && run.State.Steps.Any(step => step.StartedAt > run.AcceptedAt + LongPause / 2 && step.StartedAt < until - LongPause))
        {
            yield return "went on from step to step, but no event told it";
        }
    }
}
