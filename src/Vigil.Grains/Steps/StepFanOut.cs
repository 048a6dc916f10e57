namespace Vigil.Grains.Steps;

/// <summary>
/// Tells step grains what their execution saw of them. It belongs to one activation and runs on its scheduler between the turns, never inside one: the
/// execution goes on while its steps store. What they acknowledged comes back as one call; what they did not, the rules send again.
/// </summary>
internal sealed partial class StepFanOut(IGrainFactory grains, IWatchedExecution execution, ILogger logger)
{
    private const int MaxConcurrentCalls = 64;

    /// <summary>Takes reports and returns at once.</summary>
    public void Tell(ImmutableArray<StepReport> reports) => _ = TellAllAsync(reports);

    private async Task TellAllAsync(ImmutableArray<StepReport> reports)
    {
        try
        {
            var acknowledged = ImmutableDictionary.CreateBuilder<string, long>();
            foreach (var batch in reports.Chunk(MaxConcurrentCalls))
            {
                var told = await Task.WhenAll(batch.Select(TellAsync));
                acknowledged.AddRange(batch.Where((_, i) => told[i]).Select(report => KeyValuePair.Create(report.Snapshot.Id, report.Version)));
            }

            await execution.ApplyAsync(new LifecycleInput.StepsAcknowledged(acknowledged.ToImmutable()));
        }
        catch (Exception e)
        {
            // The activation is gone or could not store; its successor asks the platform again and tells the steps anew.
            LogNotAcknowledged(e);
        }
    }

    private async Task<bool> TellAsync(StepReport report)
    {
        try
        {
            await grains.GetGrain<IStepGrain>(StepKey.Of(report.ExecutionId, report.Snapshot.Id).Value).TellAsync(report);
            return true;
        }
        catch (Exception e)
        {
            LogNotTold(report.ExecutionId, report.Snapshot.Id, e);
            return false;
        }
    }

    [LoggerMessage(2000, LogLevel.Warning, "Step {StepId} of execution {ExecutionId} could not be told; it will be again")]
    private partial void LogNotTold(string executionId, string stepId, Exception exception);

    [LoggerMessage(2001, LogLevel.Warning, "An execution did not take what its steps acknowledged")]
    private partial void LogNotAcknowledged(Exception exception);
}
