namespace Vigil.Platforms.Moderately;

/// <summary>Requests as in the platform's OpenAPI document. A target's id is the id of an agent's configuration version.</summary>
internal sealed class CamelCaseDialect : IModeratelyDialect
{
    public const string Name = "camel_case";

    public int MaxRunsPerPoll => 100;

    public StartOptions Options => AgentOptions.CamelCase;

    public void Check(StartExecution request, ICollection<FieldError> errors) => PipelineRequests.CheckSummary(request, AgentOptions.MaxSummary, errors);

    public void WriteStart(Utf8JsonWriter writer, RunRequest request)
    {
        writer.WriteString("agentConfigurationVersionId", request.Target.Id);
        writer.WriteInput("agentInput", request.Input ?? "{}");
        var options = new GivenOptions(request.Options);
        writer.WriteString("agentInputSummary", options.Text(AgentOptions.Summary) ?? PipelineRequests.SummaryOf(request));
        AgentOptions.Write(writer, options, Spell);
    }

    // From max_actions to maxActions.
    private static string Spell(string name) => string.Concat(name.Split('_').Select((word, place) => place == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    public IReadOnlyList<FormattableString> PagesOf(string team, IReadOnlyList<string> statuses, IReadOnlyList<string> targets, int page, int pageSize)
    {
        var (words, ids) = (string.Join(',', statuses), string.Join(',', targets));
        return
        [
            (words.Length, ids.Length) switch
            {
                (0, 0) => $"agent-executions?teamIds={team}&page={page}&pageSize={pageSize}",
                (_, 0) => $"agent-executions?teamIds={team}&statuses={words}&page={page}&pageSize={pageSize}",
                (0, _) => $"agent-executions?teamIds={team}&agentConfigurationVersionIds={ids}&page={page}&pageSize={pageSize}",
                _ => $"agent-executions?teamIds={team}&statuses={words}&agentConfigurationVersionIds={ids}&page={page}&pageSize={pageSize}",
            },
        ];
    }

    public FormattableString PageOf(string team, IReadOnlyList<RemoteRun> runs) =>
        $"agent-executions?teamIds={team}&agentExecutionIds={string.Join(',', runs.Select(run => run.RemoteId))}&page=1&pageSize={runs.Count}";
}
