using Vigil;

namespace HttpWorker;

/// <summary>Runs each workflow once a day and logs its headline. Started again on the same day, it finds the runs that it has started.</summary>
internal sealed class DailyDigests(IVigilClient vigil, IConfiguration configuration, IHostApplicationLifetime app, ILogger<DailyDigests> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var workflows = configuration.GetSection("Workflows").Get<string[]>()!;
        await Task.WhenAll(workflows.Select(workflow => RunAsync(workflow, DateOnly.FromDateTime(DateTime.UtcNow), stoppingToken)));
        app.StopApplication();
    }

    private async Task RunAsync(string workflow, DateOnly day, CancellationToken stoppingToken)
    {
        var request = new StartExecution { Connection = "gloriamundo", Target = new ExecutionTarget("workflow", workflow) }
            .WithInput(new { topic = "weather", day });
        var handle = await vigil.StartAsync(request, key: $"{workflow}-{day:yyyy-MM-dd}", stoppingToken);
        try
        {
            var digest = await handle.GetResultAsync<Digest>(stoppingToken);
            logger.LogInformation("{Workflow}: {Headline}", workflow, digest.Headline);
        }
        catch (ExecutionFailedException e)
        {
            logger.LogError("{Workflow}: {Status}, {Reason}", workflow, e.Status, e.Failure?.Reason);
        }
    }
}

internal sealed record Digest(string Headline);
