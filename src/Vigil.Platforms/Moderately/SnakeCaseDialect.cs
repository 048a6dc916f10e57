namespace Vigil.Platforms.Moderately;

/// <summary>Requests as the platform's Python client sends them. A target's id is the id of an agent; the list can be filtered by one status at a time and not by ids.</summary>
internal sealed class SnakeCaseDialect : IModeratelyDialect
{
    public const string Name = "snake_case";

    public int MaxRunsPerPoll => 1;

    public IReadOnlyList<string> ActiveFilters => ["pending", "running", "paused"];

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

    // With the oldest first, a run that ends shifts the later pages, but a new run does not.
    public FormattableString PageOf(string team, string statusFilter, int page, int pageSize) =>
        $"agent-executions?teamIds={team}&status={statusFilter}&page={page}&page_size={pageSize}&order_by=created_at&order_direction=asc";
}
