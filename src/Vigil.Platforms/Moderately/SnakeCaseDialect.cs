namespace Vigil.Platforms.Moderately;

/// <summary>Requests as the platform's Python client sends them. A target's id is the id of an agent; the list can be filtered by one status at a time and not by ids.</summary>
internal sealed class SnakeCaseDialect : IModeratelyDialect
{
    public const string Name = "snake_case";

    public int MaxRunsPerPoll => 1;

    public StartOptions Options => AgentOptions.SnakeCase;

    public void WriteStart(Utf8JsonWriter writer, RunRequest request)
    {
        writer.WriteString("agent_id", request.Target.Id);
        writer.WriteInput("input_data", request.Input);
        var options = new GivenOptions(request.Options);
        options.WriteTo(writer, AgentOptions.Summary);
        AgentOptions.Write(writer, options, name => name);
        foreach (var member in options[AgentOptions.Extra]?.EnumerateObject() ?? [])
        {
            member.WriteTo(writer);
        }
    }

    public IReadOnlyList<FormattableString> PagesOf(string team, IReadOnlyList<string> statuses, IReadOnlyList<string> targets, int page, int pageSize)
    {
        FormattableString Page(string? status, string? target)
        {
            // A run that ends leaves the list of its status. With the oldest first, that shifts the later pages, but a new run does not; ended runs stay.
            var direction = AgentExecution.ActiveWords.Contains(status) ? "asc" : "desc";
            return (status, target) switch
            {
                (null, null) => $"agent-executions?teamIds={team}&page={page}&page_size={pageSize}&order_by=created_at&order_direction={direction}",
                (_, null) => $"agent-executions?teamIds={team}&status={status}&page={page}&page_size={pageSize}&order_by=created_at&order_direction={direction}",
                (null, _) => $"agent-executions?teamIds={team}&agent_id={target}&page={page}&page_size={pageSize}&order_by=created_at&order_direction={direction}",
                _ => $"agent-executions?teamIds={team}&agent_id={target}&status={status}&page={page}&page_size={pageSize}&order_by=created_at&order_direction={direction}",
            };
        }

        return [.. from status in statuses.DefaultIfEmpty<string?>(null) from target in targets.DefaultIfEmpty<string?>(null) select Page(status, target)];
    }
}
