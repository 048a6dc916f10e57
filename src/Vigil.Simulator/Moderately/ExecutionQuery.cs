namespace Vigil.Simulator.Moderately;

/// <summary>The query of a list, in either dialect. Filters that are null include all runs; pages are counted from 1.</summary>
internal sealed record ExecutionQuery(
    int Page, int PageSize, bool Ascending, IReadOnlyList<string>? Ids, IReadOnlySet<string>? Targets, IReadOnlySet<string>? Statuses, bool? HasOutput, IReadOnlyList<FieldError> Errors)
{
    private const int MaxPageSize = 100;
    private const int MaxId = 64;

    public static bool IsId(string id) => id.Length is > 0 and <= MaxId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    public static ExecutionQuery Read(SimulatedRequest request)
    {
        var errors = new List<FieldError>();

        // The platform's default is 20; its client always sends 10.
        var page = Number(request, "page", 1, int.MaxValue, "page", errors);
        var size = Number(request, request.Query("page_size") is null ? "pageSize" : "page_size", 20, MaxPageSize, "pageSize", errors);
        var ids = Values(request, "agentExecutionIds");
        if (ids is not null && (ids.Count > MaxPageSize || !ids.All(IsId)))
        {
            errors.Add(new("agentExecutionIds", ids.Count > MaxPageSize ? $"At most {MaxPageSize} ids" : "Invalid id"));
        }

        var statuses = (Values(request, "statuses") ?? Values(request, "status"))?.ToHashSet(StringComparer.Ordinal);
        if (statuses is not null && !statuses.All(ExecutionBody.Statuses.Contains))
        {
            errors.Add(new("statuses", "Invalid enum value"));
        }

        var hasOutput = request.Query("hasAgentOutput");
        if (hasOutput is not (null or "true" or "false"))
        {
            errors.Add(new("hasAgentOutput", "Expected boolean"));
        }

        var targets = (Values(request, "agentConfigurationVersionIds") ?? Values(request, "agentIds") ?? Values(request, "agent_id"))?.ToHashSet(StringComparer.Ordinal);
        return new ExecutionQuery(
            page, size, request.Query("order_direction") == "asc", ids, targets, statuses, hasOutput is null ? null : hasOutput == "true", errors);
    }

    public bool Matches(SimulatedRun run, DateTimeOffset now) =>
        Targets?.Contains(run.Target.Id) is not false
        && Statuses?.Contains(ExecutionBody.StatusOf(run.PhaseAt(now))) is not false
        && (HasOutput is null || HasOutput == (run.PhaseAt(now) == RunPhase.Succeeded && run.Script.Output is not null));

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
