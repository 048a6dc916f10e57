using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Vigil.Gateway;
using Vigil.Silo;

namespace Vigil.Kill;

/// <summary>The product as it is, with one more door: starts that name the logging subscriber.</summary>
internal static class KillHost
{
    public const string DataSetting = "KILL_DATA";

    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        var options = new SiloOptions(Environment.GetEnvironmentVariable(DataSetting)!, port, Simulate: false);
        await using var silo = await RunningSilo.StartAsync(options, cancellationToken, app => app.MapPost("/kill/executions", StartAsync));
        await silo.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task<IResult> StartAsync(KillStart start, ExecutionGateway gateway, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var subscriber = grains.GetGrain<IExecutionSubscriber>("log").GetGrainId();
        var result = await gateway.StartAsync(
            new()
            {
                Key = start.Key,
                Connection = start.Connection,
                Target = new(start.Kind, start.Target),
                Input = $$"""{"marker":"{{start.Key}}"}""",
                Deadline = TimeSpan.FromSeconds(start.DeadlineSeconds),
                CancelOnAbandon = start.CancelOnAbandon,
                Subscribers = [subscriber.ToString()],
            },
            cancellationToken);
        return Results.StatusCode(result.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }
}
