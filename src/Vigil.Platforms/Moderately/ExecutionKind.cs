namespace Vigil.Platforms.Moderately;

/// <summary>A kind of execution: where the platform serves it, and how it describes one.</summary>
/// <param name="Target">The kind of target in Vigil.</param>
/// <param name="Path">The path of its executions.</param>
/// <param name="Format">Reads one.</param>
/// <param name="IsAbout">Returns whether a description is about the run with an id.</param>
internal sealed record ExecutionKind(string Target, string Path, RunFormat Format, Func<JsonView, string, bool> IsAbout)
{
    public static readonly ExecutionKind Agent = new("agent", "agent-executions", AgentExecution.Format, AgentExecution.IsAbout);
    public static readonly ExecutionKind Pipeline = new("pipeline", "pipeline-executions", PipelineExecution.Format, PipelineExecution.IsAbout);

    public static IReadOnlyList<string> Targets { get; } = [Agent.Target, Pipeline.Target];

    public static ExecutionKind Of(ExecutionTarget? target) => target?.Kind == Pipeline.Target ? Pipeline : Agent;
}
