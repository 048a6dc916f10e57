namespace Vigil.Grains.Steps;

/// <summary>
/// Sends step reports to step grains. It belongs to one activation and runs on its scheduler outside of the grain's turns, so the execution continues
/// while its steps are stored. All acknowledgements come back as one call; the rules repeat what is not acknowledged.
/// </summary>
internal sealed partial class StepFanOut(IGrainFactory grains, IWatchedExecution execution, StoreHealth store, ILogger logger)
{
    private const int MaxConcurrentCalls = 64;

    /// <summary>Sends the reports in the background.</summary>
    public void Report(ImmutableArray<StepReport> reports) => _ = ReportAllAsync(reports);

    private async Task ReportAllAsync(ImmutableArray<StepReport> reports)
    {
        try
        {
            var acknowledged = ImmutableDictionary.CreateBuilder<string, long>();
            foreach (var batch in reports.Chunk(MaxConcurrentCalls))
            {
                var delivered = await Task.WhenAll(batch.Select(ReportAsync));
                acknowledged.AddRange(batch.Where((_, i) => delivered[i]).Select(report => KeyValuePair.Create(report.Snapshot.Id, report.Version)));
            }

            await execution.ApplyAsync(new LifecycleInput.StepsAcknowledged(acknowledged.ToImmutable()));
        }
        catch (Exception e)
        {
            // The activation is gone or could not store; the next one fetches the steps again and reports them.
            LogNotAcknowledged(store.FailureLevel, e);
        }
    }

    private async Task<bool> ReportAsync(StepReport report)
    {
        try
        {
            await grains.GetGrain<IStepGrain>(StepKey.Of(report.ExecutionId, report.Snapshot.Id).Value).TellAsync(report);
            return true;
        }
        catch (Exception e)
        {
            LogReportFailed(store.FailureLevel, report.ExecutionId, report.Snapshot.Id, e);
            return false;
        }
    }

    [LoggerMessage(EventId = 2000, Message = "The report to step {StepId} of execution {ExecutionId} failed; it will be repeated")]
    private partial void LogReportFailed(LogLevel level, string executionId, string stepId, Exception exception);

    [LoggerMessage(EventId = 2001, Message = "An execution could not process the acknowledgements of its steps")]
    private partial void LogNotAcknowledged(LogLevel level, Exception exception);
}
