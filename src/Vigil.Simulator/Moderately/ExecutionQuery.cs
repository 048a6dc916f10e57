namespace Vigil.Simulator.Moderately;

/// <summary>The query of a list, in either dialect. Filters that are null include all runs; pages are counted from 1.</summary>
internal sealed record ExecutionQuery(
    int Page, int PageSize, bool Ascending, IReadOnlyList<string>? Ids, IReadOnlySet<string>? Targets, IReadOnlySet<string>? Statuses, bool? HasOutput, IReadOnlyList<FieldError> Errors)
{
    private const int MaxPageSize = 100;
    private const int MaxPipelinesPageSize = 1_000;
    private const int MaxId = 64;
    private static readonly string[] Orders = ["createdAt", "updatedAt", "startedAt"];

    /// <summary>Gets the kind of the runs.</summary>
    public string Kind { get; init; } = "agent";

    /// <summary>Gets the time by which they are sorted.</summary>
    public string OrderBy { get; init; } = Orders[0];

    public static bool IsId(string id) => id.Length is > 0 and <= MaxId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    public static ExecutionQuery Read(SimulatedRequest request)
    {
        var errors = new List<FieldError>();

        // The platform's default is 20; its client always sends 10.
        var page = Number(request, "page", 1, int.MaxValue, "page", errors);
        var size = Number(request, request.Query("page_size") is null ? "pageSize" : "page_size", 20, MaxPageSize, "pageSize", errors);
        var ids = IdsOf(request, "agentExecutionIds", MaxPageSize, errors);
        var statuses = StatusesOf(request, errors);
        var hasOutput = request.Query("hasAgentOutput");
        if (hasOutput is not (null or "true" or "false"))
        {
            errors.Add(new("hasAgentOutput", "Expected boolean"));
        }

        var targets = (Values(request, "agentConfigurationVersionIds") ?? Values(request, "agentIds") ?? Values(request, "agent_id"))?.ToHashSet(StringComparer.Ordinal);
        return new ExecutionQuery(
            page, size, request.Query("order_direction") == "asc", ids, targets, statuses, hasOutput is null ? null : hasOutput == "true", errors);
    }

    /// <summary>Reads the query of a list of pipeline executions, which only the OpenAPI document describes.</summary>
    public static ExecutionQuery ReadPipelines(SimulatedRequest request)
    {
        var errors = new List<FieldError>();
        var page = Number(request, "page", 1, int.MaxValue, "page", errors);
        var size = Number(request, "pageSize", 10, MaxPipelinesPageSize, "pageSize", errors);
        var ids = IdsOf(request, "pipelineExecutionIds", MaxPipelinesPageSize, errors);
        var statuses = StatusesOf(request, errors);
        var (order, direction) = (request.Query("orderBy") ?? Orders[0], request.Query("orderDirection") ?? "asc");
        if (!Orders.Contains(order) || direction is not ("asc" or "desc"))
        {
            errors.Add(new(Orders.Contains(order) ? "orderDirection" : "orderBy", "Invalid enum value"));
        }

        // A simulated pipeline has one configuration version, which has the pipeline's id.
        var targets = (Values(request, "pipelineConfigurationVersionIds") ?? Values(request, "pipelineIds"))?.ToHashSet(StringComparer.Ordinal);
        return new ExecutionQuery(page, size, direction == "asc", ids, targets, statuses, HasOutput: null, errors) { Kind = "pipeline", OrderBy = order };
    }

    /// <summary>Sorts runs that are in the order of their starts.</summary>
    public List<SimulatedRun> Sort(List<SimulatedRun> runs, DateTimeOffset now)
    {
        runs = OrderBy switch
        {
            "startedAt" => [.. runs.OrderBy(run => run.At(now).StartedAt)],
            "updatedAt" => [.. runs.OrderBy(run => PipelineBody.UpdatedAt(run.At(now)))],
            _ => runs,
        };
        if (!Ascending)
        {
            runs.Reverse();
        }

        return runs;
    }

    public bool Matches(SimulatedRun run, DateTimeOffset now) =>
        run.Target.Kind == Kind
        && Targets?.Contains(run.Target.Id) is not false
        && Statuses?.Contains(ExecutionBody.StatusOf(run.PhaseAt(now))) is not false
        && (HasOutput is null || HasOutput == (run.PhaseAt(now) == RunPhase.Succeeded && run.Script.Output is not null));

    private static List<string>? IdsOf(SimulatedRequest request, string name, int max, List<FieldError> errors)
    {
        var ids = Values(request, name);
        if (ids is not null && (ids.Count > max || !ids.All(IsId)))
        {
            errors.Add(new(name, ids.Count > max ? $"At most {max} ids" : "Invalid id"));
        }

        return ids;
    }

    private static HashSet<string>? StatusesOf(SimulatedRequest request, List<FieldError> errors)
    {
        var statuses = (Values(request, "statuses") ?? Values(request, "status"))?.ToHashSet(StringComparer.Ordinal);
        if (statuses is not null && !statuses.All(ExecutionBody.Statuses.Contains))
        {
            errors.Add(new("statuses", "Invalid enum value"));
        }

        return statuses;
    }

    // Several values are separated by commas, or given by repeating the parameter.
    private static List<string>? Values(SimulatedRequest request, string name) =>
        request.Query(name) is { Length: > 0 } text ? [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries)] : null;

    public static int Number(SimulatedRequest request, string name, int defaultValue, int max, string field, List<FieldError> errors)
    {
        if (request.Query(name) is not { } text)
        {
            return defaultValue;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max)
        {
            return number;
        }

        errors.Add(new(field, max == int.MaxValue ? "Number must be at least 1" : $"Number must be from 1 to {max}"));
        return defaultValue;
    }
}
