namespace Vigil.Platforms.Moderately;

/// <summary>Requests as in the platform's OpenAPI document. A target's id is the id of an agent's configuration version.</summary>
internal sealed class CamelCaseDialect : IModeratelyDialect
{
    public const string Name = "camel_case";

    private const string SummaryLabel = "summary";

    public int MaxRunsPerPoll => 100;

    public IReadOnlyList<string> ActiveFilters => ["pending,running,paused"];

    public StartOptions Options => AgentOptions.CamelCase;

    // The label is from before there were options, and goes on to work.
    public void Check(StartExecution request, ICollection<FieldError> errors) => errors.AddIf(
        request.Metadata.TryGetValue(SummaryLabel, out var summary) && summary.Length is 0 or > AgentOptions.MaxSummary,
        $"metadata.{SummaryLabel}",
        () => $"must have 1 to {AgentOptions.MaxSummary} characters: the platform shows it as the run's summary.");

    public void WriteStart(Utf8JsonWriter writer, RunRequest request)
    {
        writer.WriteString("agentConfigurationVersionId", request.Target.Id);
        writer.WriteInput("agentInput", request.Input ?? "{}");

        // Required free text that tells people which execution it is. A start cannot be found by it, because lists cannot be filtered by it.
        var options = new GivenOptions(request.Options);
        writer.WriteString(
            "agentInputSummary",
            options.Text(AgentOptions.Summary) ?? request.Metadata.GetValueOrDefault(SummaryLabel, $"Vigil execution {request.ExecutionId}"));
        AgentOptions.Write(writer, options, Spell);
    }

    // From max_actions to maxActions.
    private static string Spell(string name) => string.Concat(name.Split('_').Select((word, place) => place == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    public FormattableString PageOf(string team, string statusFilter, int page, int pageSize) =>
        $"agent-executions?teamIds={team}&statuses={statusFilter}&page={page}&pageSize={pageSize}";

    public FormattableString PageOf(string team, IReadOnlyList<RemoteRun> runs) =>
        $"agent-executions?teamIds={team}&agentExecutionIds={string.Join(',', runs.Select(run => run.RemoteId))}&page=1&pageSize={runs.Count}";
}
