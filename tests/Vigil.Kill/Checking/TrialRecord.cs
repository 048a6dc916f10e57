using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>All that was seen of one trial from outside the product.</summary>
internal sealed record TrialRecord
{
    /// <summary>Gets what was ordered.</summary>
    public required IReadOnlyList<Order> Orders { get; init; }

    /// <summary>Gets the executions at the end, by the key of their order.</summary>
    public required IReadOnlyDictionary<string, SeenExecution> Executions { get; init; }

    /// <summary>Gets whether every order could be asked for in time.</summary>
    public required bool SettledInTime { get; init; }

    /// <summary>Gets the platforms' runs, in the order of their starts.</summary>
    public required IReadOnlyList<RealRun> Runs { get; init; }

    /// <summary>Gets the requests that the platforms got, in the order of their answers.</summary>
    public required IReadOnlyList<LedgerRequest> Requests { get; init; }

    /// <summary>Gets the requests a minute that each platform's connection may send.</summary>
    public required IReadOnlyDictionary<string, Budget> Budgets { get; init; }

    /// <summary>Gets the events in the store, in their order.</summary>
    public required IReadOnlyList<SeenEvent> Stored { get; init; }

    /// <summary>Gets the events at the subscriber, in the order of their arrival.</summary>
    public required IReadOnlyList<DeliveredEvent> Delivered { get; init; }

    /// <summary>Gets what the silos wrote down before they did it.</summary>
    public required IReadOnlyList<JournalEntry> Journal { get; init; }

    public required HurtLog Hurts { get; init; }

    public required IReadOnlyList<WaitAnswer> Waits { get; init; }

    public required IReadOnlyList<ReadyAnswer> Readiness { get; init; }

    public required IReadOnlyList<SiloOutput> Outputs { get; init; }

    public required TrialLimits Limits { get; init; }

    public ILookup<string, RealRun> RunsOf => field ??= Runs.ToLookup(run => run.Key, StringComparer.Ordinal);

    public ILookup<string, SeenEvent> StoredOf => field ??= Stored.ToLookup(line => line.ExecutionId, StringComparer.Ordinal);

    public ILookup<string, DeliveredEvent> DeliveredOf => field ??= Delivered.ToLookup(line => line.Event.ExecutionId, StringComparer.Ordinal);

    public ILookup<string, JournalEntry> JournalOf => field ??= Journal.ToLookup(entry => entry.Key, StringComparer.Ordinal);

    /// <summary>Gets the starts that the platforms got, by the target, which each order has for itself.</summary>
    public ILookup<string, LedgerRequest> StartsOf => field ??= Requests.Where(request => request.Operation == "start").ToLookup(request => request.Target ?? "", StringComparer.Ordinal);

    /// <summary>Gets the orders whose execution could be read, with it and with its run; the run is null if there is none.</summary>
    public IEnumerable<(Order Order, SeenExecution Seen, RealRun? Run)> Settled =>
        from order in Orders
        where Executions.ContainsKey(order.Key)
        select (order, Executions[order.Key], RunsOf[order.Key].FirstOrDefault());

    /// <summary>Gets those whose end is the platform's word, so that the platform can be compared with them.</summary>
    public IEnumerable<(Order Order, SeenExecution Seen, RealRun Run)> EndedByPlatform =>
        from settled in Settled
        where settled.Run is { Ended: true } && settled.Seen.Execution is { Terminal: true, PendingWork: PendingWork.None } execution
            && !execution.Status.IsConcludedByVigil() && execution.RemoteId == settled.Run.RemoteId && PlatformAttempt(execution) == settled.Run.Attempt
        select (settled.Order, settled.Seen, settled.Run!);

    /// <summary>Returns which attempt of the run an execution shows: one that was lost and then confirmed after all is reopened, but the platform ran it once.</summary>
    public int PlatformAttempt(Execution execution)
    {
        var events = StoredOf[execution.Id].ToList();
        return execution.Attempt - events.Zip(events.Skip(1)).Count(pair => pair.First.Status == ExecutionStatus.Lost && pair.Second.Type == ExecutionEventTypes.Reopened);
    }
}

/// <summary>One execution as the API shows it at the end.</summary>
/// <param name="Execution">The execution.</param>
/// <param name="Steps">All of its steps.</param>
/// <param name="Files">Its files, with their bytes as text.</param>
internal sealed record SeenExecution(Execution Execution, IReadOnlyList<Step> Steps, IReadOnlyList<SeenFile> Files);

/// <summary>One file of an execution.</summary>
internal sealed record SeenFile(string Name, string Text);

/// <summary>The requests a minute that a connection may send.</summary>
internal sealed record Budget(double PollsPerMinute, double StartsPerMinute);

/// <summary>One answer to a caller that waited.</summary>
/// <param name="Silo">Who was asked.</param>
/// <param name="Key">The order.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="Wait">How long it was to wait.</param>
/// <param name="AnsweredAt">When the answer came, or the connection broke.</param>
/// <param name="Outcome">How it was answered.</param>
/// <param name="Code">The HTTP status; 0 if there was none.</param>
/// <param name="Execution">The execution in the answer.</param>
internal sealed record WaitAnswer(
    int Silo, string Key, DateTimeOffset AskedAt, TimeSpan Wait, DateTimeOffset AnsweredAt, WaitOutcome Outcome, int Code = 0, Execution? Execution = null);

/// <summary>How a wait was answered.</summary>
internal enum WaitOutcome
{
    Answered,
    Refused,
    Broken,
    Late,
}

/// <summary>One answer to the question whether a silo is ready.</summary>
/// <param name="Silo">Who was asked.</param>
/// <param name="At">When the answer came.</param>
/// <param name="Code">The HTTP status; 0 if there was no answer.</param>
/// <param name="Missing">What the silo said is missing.</param>
internal sealed record ReadyAnswer(int Silo, DateTimeOffset At, int Code, string Missing);

/// <summary>How much a silo wrote, over all its lives, and how often it exited by itself.</summary>
internal sealed record SiloOutput(int Silo, int Lives, int Lines, int LongestLine, int UnexpectedExits);

/// <summary>How long things may take where nothing is hurt. A trial with shorter runs has shorter limits.</summary>
internal sealed record TrialLimits
{
    /// <summary>Gets the time-out of a connection's requests.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long a run may go without a request about it, or its end without being told.</summary>
    public TimeSpan MaxUnwatched { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a hurt can have effects after it has ended: another silo must find out and take over.</summary>
    public TimeSpan Aftermath { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Gets how long an answer that a silo holds may take until it is stored.</summary>
    public TimeSpan StoreGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets for how long callers ask to wait.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets how long the answer to a waiter may take after its time, or after the end that it waits for.</summary>
    public TimeSpan WaitGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets for how long a silo that was told to stop still listens.</summary>
    public TimeSpan ListensOn { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long a silo may take to notice that its store is gone.</summary>
    public TimeSpan NoticeStore { get; init; } = TimeSpan.FromSeconds(10);

    public int LinesPerLife { get; init; } = 200;

    /// <summary>Gets the lines for each hurt: what failed, and the two lines that a console takes for one entry.</summary>
    public int LinesPerHurt { get; init; } = 200;

    /// <summary>Gets the lines for each order: accepted, ended, and what a failing platform adds.</summary>
    public int LinesPerOrder { get; init; } = 10;

    public int MaxLineLength { get; init; } = 2048;
}
