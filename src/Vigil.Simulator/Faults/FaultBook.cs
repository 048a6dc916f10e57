namespace Vigil.Simulator;

/// <summary>The active faults. Random choices depend only on each rule's seed and how many times it was evaluated, so they are repeatable.</summary>
public sealed class FaultBook
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new();
    private int _lastNumber;

    /// <summary>Gets the active rules.</summary>
    public IReadOnlyList<FaultRule> Rules => [.. _entries.Values.OrderBy(entry => entry.Number).Select(entry => entry.Rule)];

    /// <summary>Adds a rule and returns it with its id; replaces a rule with the same id.</summary>
    public FaultRule Add(FaultRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var number = NextNumber();
        var named = rule.Id.Length > 0 ? rule : rule with { Id = $"fault-{number}" };
        _entries[named.Id] = new Entry(named, number);
        return named;
    }

    /// <summary>Removes a rule.</summary>
    public bool Remove(string id) => _entries.TryRemove(id, out _);

    /// <summary>Removes all rules.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>Returns how many times a rule was applied.</summary>
    public long StrikesOf(string id) => _entries.TryGetValue(id, out var entry) ? entry.StrikeCount : 0;

    /// <summary>Returns the faults to apply to this call: at most one delay and one other fault.</summary>
    internal IReadOnlyList<FaultRule> Strike(string platform, SimulatedCall call, RunBook runs)
    {
        if (_entries.IsEmpty)
        {
            return [];
        }

        var struck = new List<FaultRule>();
        foreach (var entry in _entries.Values.OrderBy(entry => entry.Number))
        {
            var isTaken = struck.Exists(rule => (rule.Kind == FaultKind.Delay) == (entry.Rule.Kind == FaultKind.Delay));
            if (!isTaken && entry.AffectsCalls && entry.Matches(platform, call, runs) && entry.Strikes(call.RunIds.Count > 0 ? call.RunIds[0] : ""))
            {
                struck.Add(entry.Rule);
            }
        }

        return struck;
    }

    /// <summary>Returns by how many items the next page of a list is shifted: 1 if it begins too late, -1 if too early.</summary>
    internal int PageShift(string platform, string operation) =>
        _entries.Values.FirstOrDefault(entry => entry.AffectsPages && entry.Matches(platform, operation) && entry.Strikes("")) is not { } entry ? 0
        : entry.Rule.Kind == FaultKind.ShiftPages ? 1 : -1;

    /// <summary>Returns how far a platform's clock is ahead.</summary>
    internal TimeSpan SkewOf(string platform) => _entries.IsEmpty ? TimeSpan.Zero : TimeSpan.FromSeconds(_entries.Values
        .Where(entry => entry.Rule.Kind == FaultKind.ClockSkew && (entry.Rule.Platform is null || entry.Rule.Platform == platform)).Sum(entry => entry.Rule.SkewSeconds));

    /// <summary>Returns a sequence number, shared with the rules, that shows whether a token was issued before or after a rule was added.</summary>
    internal int NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Returns the state of a run as a client sees it; null if a fault hides it.</summary>
    internal RunState? VisibleState(SimulatedRun run, string operation, DateTimeOffset now)
    {
        var age = (now - run.AcceptedAt).TotalSeconds;
        var matching = _entries.Values.Where(entry => entry.AffectsVisibleState && entry.Matches(run, operation, age)).OrderBy(entry => entry.Number);
        foreach (var entry in matching.Where(entry => entry.Strikes(run.Id)))
        {
            if (entry.Rule.Kind == FaultKind.Unknown)
            {
                return null;
            }

            // Every second request sees an older state.
            if (entry.AlternatesFor(run.Id))
            {
                return Older(run, now);
            }
        }

        return run.At(now);
    }

    private static RunState Older(SimulatedRun run, DateTimeOffset now)
    {
        var actual = run.At(now);
        return actual.HasEnded ? run.At(actual.EndedAt!.Value - TimeSpan.FromTicks(1)) : run.At(run.AcceptedAt);
    }

    private sealed class Entry(FaultRule rule, int number)
    {
        private readonly ConcurrentDictionary<string, int> _strikesOfRun = new();
        private readonly ConcurrentDictionary<string, int> _requestsOfRun = new();
        private long _rolls = -1;
        private long _strikes;

        public FaultRule Rule => rule;

        public int Number => number;

        public long StrikeCount => Interlocked.Read(ref _strikes);

        public bool AffectsCalls => !AffectsVisibleState && !AffectsPages && rule.Kind != FaultKind.ClockSkew;

        public bool AffectsVisibleState => rule.Kind is FaultKind.Unknown or FaultKind.FlipFlop;

        public bool AffectsPages => rule.Kind is FaultKind.RepeatOnPages or FaultKind.ShiftPages;

        public bool Matches(string platform, string operation) => IsNullOr(rule.Platform, platform) && IsNullOr(rule.Operation, operation);

        public bool Matches(string platform, SimulatedCall call, RunBook runs) =>
            Matches(platform, call.Operation)
            && (rule.Kind != FaultKind.ExpireTokens || (!call.FetchesToken && !(call.TokenNumber > number)))
            && (rule.MoreThanRuns is null || call.RunIds.Count > rule.MoreThanRuns)
            && (rule.RunId is null || call.RunIds.Contains(rule.RunId) || (rule.Kind == FaultKind.Members && call.RunIds.Count == 0))
            && (rule.Target is null || rule.Target == call.Target || call.RunIds.Any(id => runs.Find(platform, id)?.Target.Id == rule.Target));

        public bool Matches(SimulatedRun run, string operation, double ageSeconds) =>
            Matches(run.Platform, operation) && IsNullOr(rule.RunId, run.Id) && IsNullOr(rule.Target, run.Target.Id)
            && ageSeconds >= rule.FromSeconds && (rule.UntilSeconds is null || ageSeconds < rule.UntilSeconds);

        public bool Strikes(string runId)
        {
            var roll = (ulong)Interlocked.Increment(ref _rolls);
            if (rule.Probability < 1 && Dice.Roll((ulong)(uint)rule.Seed, roll) >= rule.Probability)
            {
                return false;
            }

            if (rule.Count is { } count && rule.PerRun && _strikesOfRun.AddOrUpdate(runId, 1, (_, strikes) => strikes + 1) > count)
            {
                return false;
            }

            if (Interlocked.Increment(ref _strikes) > rule.Count && !rule.PerRun)
            {
                Interlocked.Decrement(ref _strikes);
                return false;
            }

            return true;
        }

        public bool AlternatesFor(string runId) => _requestsOfRun.AddOrUpdate(runId, 0, (_, requests) => requests + 1) % 2 == 1;

        private static bool IsNullOr(string? filter, string actual) => filter is null || filter == actual;
    }
}
