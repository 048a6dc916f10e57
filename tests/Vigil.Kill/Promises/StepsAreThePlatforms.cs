using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>The steps, whole and in short, are those of the run, in its order, each with its status.</summary>
internal sealed class StepsAreThePlatforms : IPromise
{
    public string Name => "steps are the platform's";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var (order, seen, run) in record.EndedByPlatform)
        {
            var real = RealSteps(run).ToList();
            var whole = seen.Steps.Select(step => new RealStep(step.Name, step.Status)).ToList();
            var brief = seen.Execution.Steps.Select(step => new RealStep(step.Name, step.Status)).ToList();
            if (!Same(real, whole))
            {
                yield return new(Name, order.Key, $"has the steps {Text(whole)}, but the platform's are {Text(real)}");
            }
            else if (!Same(real, brief) || seen.Execution.StepsTotal != real.Count)
            {
                yield return new(Name, order.Key, $"lists {seen.Execution.StepsTotal} steps, {Text(brief)}, but the platform's are {Text(real)}");
            }
        }
    }

    /// <summary>Returns the steps that the platform tells; a null name is one that it does not tell, or not always.</summary>
    private static IEnumerable<RealStep> RealSteps(RealRun run)
    {
        var begun = run.State.Steps.Where(step => step.StartedAt is not null).ToList();
        return run.Platform switch
        {
            "agentic" => begun.Select(step => new RealStep(null, StatusOf(step.Phase))),
            "moderately" => begun.Select((step, index) => new RealStep(step.Script.Name, OfLast(index == begun.Count - 1, run.Status))),
            "gloriamundo" => begun.Select((step, index) => new RealStep(index == begun.Count - 1 ? step.Script.Name : null, OfLast(index == begun.Count - 1, run.Status))),
            "cognite" => run.State.Steps.Select(step => new RealStep(step.Script.Name, step.StartedAt is null ? StepStatus.Pending : StatusOf(step.Phase))),
            _ => [],
        };
    }

    private static StepStatus OfLast(bool isLast, ExecutionStatus status) => !isLast ? StepStatus.Succeeded : status switch
    {
        ExecutionStatus.Succeeded => StepStatus.Succeeded,
        ExecutionStatus.Cancelled => StepStatus.Cancelled,
        _ => StepStatus.Failed,
    };

    private static StepStatus StatusOf(RunPhase phase) => phase switch
    {
        RunPhase.Succeeded => StepStatus.Succeeded,
        RunPhase.Failed => StepStatus.Failed,
        RunPhase.Cancelled => StepStatus.Cancelled,
        _ => StepStatus.Running,
    };

    private static bool Same(List<RealStep> real, List<RealStep> seen) => real.Count == seen.Count
        && real.Zip(seen).All(pair => pair.First.Status == pair.Second.Status && (pair.First.Name is null || pair.First.Name == pair.Second.Name));

    private static string Text(List<RealStep> steps) => $"[{string.Join(", ", steps.Select(step => $"{step.Name ?? "*"} {step.Status}"))}]";

    private sealed record RealStep(string? Name, StepStatus Status);
}
