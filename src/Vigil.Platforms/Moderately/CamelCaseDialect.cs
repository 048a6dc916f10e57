namespace Vigil.Platforms.Moderately;

/// <summary>Requests as in the platform's OpenAPI document. A target's id is the id of an agent's configuration version.</summary>
internal sealed class CamelCaseDialect : IModeratelyDialect
{
    public const string Name = "camel_case";

    private const string SummaryLabel = "summary";
    private const int MaxSummary = 500;

    public int MaxRunsPerPoll => 100;

    public IReadOnlyList<string> ActiveFilters => ["pending,running,paused"];

    public void Check(StartExecution request, ICollection<FieldError> errors) => errors.AddIf(
        request.Metadata.TryGetValue(SummaryLabel, out var summary) && summary.Length is 0 or > MaxSummary,
        $"metadata.{SummaryLabel}",
        () => $"must have 1 to {MaxSummary} characters: the platform shows it as the run's summary.");

    public void WriteStart(Utf8JsonWriter writer, RunRequest request)
    {
        writer.WriteString("agentConfigurationVersionId", request.Target.Id);
        writer.WriteInput("agentInput", request.Input ?? "{}");

        // Required free text that tells people which execution it is. A start cannot be found by it, because lists cannot be filtered by it.
        writer.WriteString("agentInputSummary", request.Metadata.GetValueOrDefault(SummaryLabel, $"Vigil execution {request.ExecutionId}"));
    }

    public FormattableString PageOf(string team, string statusFilter, int page, int pageSize) =>
        $"agent-executions?teamIds={team}&statuses={statusFilter}&page={page}&pageSize={pageSize}";

    public FormattableString PageOf(string team, IReadOnlyList<RemoteRun> runs) =>
        $"agent-executions?teamIds={team}&agentExecutionIds={string.Join(',', runs.Select(run => run.RemoteId))}&page=1&pageSize={runs.Count}";
}
