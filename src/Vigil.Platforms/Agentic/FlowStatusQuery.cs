namespace Vigil.Platforms.Agentic;

/// <summary>Polls the status of one flow execution or, with aliases, of several, and reads each one's part of the response.</summary>
internal sealed class FlowStatusQuery(GraphQlClient client)
{
    private const string Operation = "The status request";
    private const string Field = "flowExecutionStatus";
    private const string Own = "id result failure_reason failure_detail start_time end_time token_usage";
    private const string Step = "id result entity_type failure_reason failure_detail";
    private const string File = "id file_name file_path storage_path operation timestamp file_size_bytes artifact";

    private const string StatusFields = $"{Own} steps {{ {Step} }}";
    private const string DetailFields = $"{Own} steps {{ {Step} file_access_logs {{ {File} }} }}";

    public async Task<ImmutableArray<PollAnswer>> PollAsync(
        IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, bool withFiles, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(Operation, Text(runs.Count, withFiles), writer => WriteIds(writer, runs), acts: false, cancellationToken);
            if (response.Errors.FirstOrDefault(error => error.IsCredential || error.IsRateLimit) is { } refused)
            {
                throw new PlatformException(refused.ToPlatformError(Operation, response.IsRefused));
            }

            if (runs.Count > 1 && (response.IsRefused || !response.Data.Exists || response.Http.IsShortened))
            {
                // The query was rejected for its size, one run's error failed all of it, or the answer is too long.
                throw BatchRefused(response.Errors is [var first, ..] ? first.Message : response.Http.IsShortened ? "the answer is too long" : "it has no data");
            }

            return [.. runs.Select((run, index) => Read(response, runs.Count == 1 ? Field : Alias(index), run, known.IsEmpty ? 0 : known.Span[index], withFiles))];
        }
        catch (PlatformException e) when (e.Error.StatusCode is >= 400 and < 500 and not (401 or 403 or 408 or 429))
        {
            // This rejects the query as such: an unknown run is null in a successful response.
            throw PlatformErrors.OfPoll(e.Error, runs.Count).Kind == PlatformErrorKind.BatchRefused
                ? BatchRefused(e.Error.Message, e)
                : new PlatformException(e.Error with { Kind = PlatformErrorKind.Transient, Code = "query_refused" }, e);
        }
    }

    private static PollAnswer Read(GraphQlResponse response, string field, RemoteRun run, ulong known, bool withFiles)
    {
        var status = response.Data[field];
        if (status.IsObject)
        {
            return (withFiles ? FlowStatus.Detailed : FlowStatus.Short).ReadChanged(response.Http, status, run, known);
        }

        if (response.ErrorOf(field) is { } error)
        {
            return error.IsNotFound && error.Field is not null
                ? new PollAnswer.NotFound()
                : new PollAnswer.Unusable(error.ToPlatformError(Operation, response.IsRefused) with { Kind = PlatformErrorKind.Transient });
        }

        // Only an explicit null means that the platform does not know the run; a missing key proves nothing.
        return response.Data.Has(field) && !status.Exists
            ? new PollAnswer.NotFound()
            : new PollAnswer.Unusable(response.Http.Unusable("it does not contain the run").Error);
    }

    private static string Text(int count, bool withFiles)
    {
        var fields = withFiles ? DetailFields : StatusFields;
        if (count == 1)
        {
            return $"query GetExecutionStatus($id0: ID!) {{ {Field}(flow_execution_id: $id0) {{ {fields} }} }}";
        }

        var text = new StringBuilder("query GetExecutionStatuses(");
        text.AppendJoin(", ", Enumerable.Range(0, count).Select(index => $"$id{index}: ID!")).Append(") {");
        for (var index = 0; index < count; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $" {Alias(index)}: {Field}(flow_execution_id: $id{index}) {{ {fields} }}");
        }

        return text.Append(" }").ToString();
    }

    private static void WriteIds(Utf8JsonWriter writer, IReadOnlyList<RemoteRun> runs)
    {
        for (var index = 0; index < runs.Count; index++)
        {
            writer.WriteString($"id{index}", runs[index].RemoteId);
        }
    }

    private static string Alias(int index) => $"r{index}";

    private static PlatformException BatchRefused(string why, Exception? inner = null) =>
        new(new PlatformError(PlatformErrorKind.BatchRefused, "batch_refused", $"{Operation} for several runs was rejected: {why}"), inner);
}
