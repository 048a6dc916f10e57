using Vigil;

namespace CoHosted;

/// <summary>A report, which waits for its execution.</summary>
public interface IReportGrain : IExecutionSubscriber
{
    Task<Report> GetAsync();
}

[GenerateSerializer]
public sealed record Report
{
    [Id(0)] public long Version { get; init; }

    [Id(1)] public string Status { get; init; } = "unknown";

    [Id(2)] public string? Text { get; init; }
}

/// <summary>Keeps what it was told. Vigil tells it every event until it has returned, so it does so also after a crash.</summary>
internal sealed class ReportGrain([PersistentState("report")] IPersistentState<Report> report, ILogger<ReportGrain> logger) : Grain, IReportGrain
{
    public async Task OnEventAsync(ExecutionEvent executionEvent)
    {
        if (executionEvent.Version <= report.State.Version)
        {
            return; // It may be told an event twice.
        }

        var execution = executionEvent.Execution;
        report.State = new Report { Version = executionEvent.Version, Status = execution.Status.ToString(), Text = execution.Output };
        await report.WriteStateAsync();
        logger.LogInformation("Report {Day}: {Status}", this.GetPrimaryKeyString(), execution.Status);
    }

    public Task<Report> GetAsync() => Task.FromResult(report.State);
}
