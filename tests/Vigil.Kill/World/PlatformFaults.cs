using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>How the simulated platforms fail at random, as real ones do.</summary>
internal static class PlatformFaults
{
    /// <summary>What the id of a rule begins with that leaves starts without an answer.</summary>
    public const string Silence = "silence-";

    private static readonly string[] WithoutMarker = ["agentic", "gloriamundo", "moderately"];

    public static void AddTo(FaultBook faults, int seed)
    {
        Add("limit", 0.01, new() { Kind = FaultKind.RateLimit, RetryAfterSeconds = 1 });
        Add("slow", 0.02, new() { Kind = FaultKind.Delay, DelaySeconds = 3 });
        foreach (var operation in new[] { "status", "status_many", "list", "cancel" })
        {
            Add($"error-{operation}", 0.02, new() { Kind = FaultKind.Status, Status = 503, Operation = operation });
            Add($"cut-{operation}", 0.02, new() { Kind = FaultKind.Cut, AfterActing = true, Operation = operation });
            Add($"truncated-{operation}", 0.01, new() { Kind = FaultKind.Truncated, Operation = operation });
        }

        foreach (var platform in WithoutMarker)
        {
            Add($"cut-start-{platform}", 0.01, new() { Kind = FaultKind.Cut, AfterActing = true, Operation = "start", Platform = platform });
        }

        // Where a start can be found by its marker, a lost answer does no harm, so it may happen more often.
        foreach (var platform in LostOnlyByEvidence.FindStartsAgain)
        {
            Add($"cut-start-{platform}", 0.05, new() { Kind = FaultKind.Cut, AfterActing = true, Operation = "start", Platform = platform });
        }

        void Add(string id, double probability, FaultRule rule) => faults.Add(rule with { Id = id, Probability = probability, Seed = seed });
    }
}
