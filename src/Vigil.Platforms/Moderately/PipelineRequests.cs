namespace Vigil.Platforms.Moderately;

/// <summary>Requests about pipeline executions. Only the platform's OpenAPI document describes them, so they are the same in every dialect.</summary>
internal static class PipelineRequests
{
    public const string SummaryLabel = "summary";

    private const int MaxSummary = 1_000;
    private const int MaxCancelReason = 500;

    /// <summary>Gets the option that replaces the label.</summary>
    public static StartOption Summary { get; } =
        StartOption.Text("pipeline_input_summary", MaxSummary, "What the platform shows as the run's summary.") with { Kinds = [ExecutionKind.Pipeline.Target] };

    public static void Check(StartExecution request, ICollection<FieldError> errors) => CheckSummary(request, MaxSummary, errors);

    public static void CheckSummary(StartExecution request, int max, ICollection<FieldError> errors) => errors.AddIf(
        request.Metadata.TryGetValue(SummaryLabel, out var summary) && (summary.Length == 0 || summary.Length > max),
        $"metadata.{SummaryLabel}",
        () => $"must have 1 to {max} characters: the platform shows it as the run's summary.");

    public static void WriteStart(Utf8JsonWriter writer, RunRequest request)
    {
        writer.WriteString("pipelineConfigurationVersionId", request.Target.Id);
        writer.WriteInput("pipelineInput", request.Input ?? "{}");
        writer.WriteString("pipelineInputSummary", new GivenOptions(request.Options).Text(Summary.Name) ?? SummaryOf(request));
    }

    // Required free text that tells people which execution it is. A start cannot be found by it, because lists cannot be filtered by it.
    public static string SummaryOf(RunRequest request) => request.Metadata.GetValueOrDefault(SummaryLabel, $"Vigil execution {request.ExecutionId}");

    /// <summary>
    /// Returns the path and query of a page of the runs with these statuses and targets, of which none means all. The newest come first, unless only runs that
    /// have not ended are listed: with the oldest first, only a run that ends shifts the later pages.
    /// </summary>
    public static FormattableString PageOf(string team, IReadOnlyList<string> statuses, IReadOnlyList<string> targets, int page, int pageSize)
    {
        var (words, ids) = (string.Join(',', statuses), string.Join(',', targets));
        var direction = statuses.Count > 0 && statuses.All(AgentExecution.ActiveWords.Contains) ? "asc" : "desc";
        return (words.Length, ids.Length) switch
        {
            (0, 0) => $"pipeline-executions?teamIds={team}&page={page}&pageSize={pageSize}&orderBy=createdAt&orderDirection={direction}",
            (_, 0) => $"pipeline-executions?teamIds={team}&statuses={words}&page={page}&pageSize={pageSize}&orderBy=createdAt&orderDirection={direction}",
            (0, _) => $"pipeline-executions?teamIds={team}&pipelineConfigurationVersionIds={ids}&page={page}&pageSize={pageSize}&orderBy=createdAt&orderDirection={direction}",
            _ => $"pipeline-executions?teamIds={team}&statuses={words}&pipelineConfigurationVersionIds={ids}&page={page}&pageSize={pageSize}&orderBy=createdAt&orderDirection={direction}",
        };
    }

    /// <summary>Returns the path and query of the runs with the given ids.</summary>
    public static FormattableString PageOf(string team, IReadOnlyList<RemoteRun> runs) =>
        $"pipeline-executions?teamIds={team}&pipelineExecutionIds={string.Join(',', runs.Select(run => run.RemoteId))}&page=1&pageSize={runs.Count}";

    /// <exception cref="PlatformException">With the code <c>already_ended</c> if the run has ended.</exception>
    public static async Task CancelAsync(PlatformHttp http, Uri address, string? reason, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.ActAsync("The cancellation", address, WriteReason, cancellationToken);
        }
        catch (PlatformException e) when (e.Error.StatusCode == 400)
        {
            // The platform has no other answer for a run that has ended, and nothing in the request can be wrong.
            throw new PlatformException(e.Error with { Code = "already_ended" }, e);
        }

        void WriteReason(Utf8JsonWriter writer)
        {
            if (!string.IsNullOrWhiteSpace(reason))
            {
                writer.WriteString("reason", reason.AsSpan(0, Math.Min(reason.Length, MaxCancelReason)));
            }
        }
    }
}
