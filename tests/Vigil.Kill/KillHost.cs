using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Gateway;
using Vigil.Silo;
using Vigil.Storage.Writing;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>
/// The product as it ships, with additional endpoints: starts that name the logging subscriber, setting the clock, and dying at a chosen write.
/// </summary>
internal static class KillHost
{
    public const string DataSetting = "KILL_DATA";

    /// <summary>The line that it prints when it has started.</summary>
    public const string UpLine = "kill: up";

    public const string ClockSetting = "KILL_CLOCK_SECONDS";

    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        var options = new SiloOptions(Environment.GetEnvironmentVariable(DataSetting) ?? "unused", port, Simulate: false);
        var clock = new ShiftedTime();
        clock.Set(TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable(ClockSetting) ?? "0", CultureInfo.InvariantCulture)));
        var death = new DeathAtWrite();
        await using var silo = await RunningSilo.StartAsync(
            options,
            cancellationToken,
            services => services.AddSingleton<TimeProvider>(clock).AddSingleton<IWriteHook>(death),
            app =>
            {
                app.MapPost("/kill/executions", StartAsync);
                app.MapPost("/kill/clock", (double seconds) => clock.Set(TimeSpan.FromSeconds(seconds)));
                app.MapPost("/kill/at-write", (int writes) => death.Arm(writes));
                app.MapGet("/kill/silo", (ILocalSiloDetails local) => local.SiloAddress.ToParsableString());
                app.MapGet("/kill/until-dead", UntilDeadAsync);
            });
        Console.WriteLine(UpLine);
        await silo.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>Answers when this silo believes another one dead.</summary>
    private static async Task<IResult> UntilDeadAsync(string silo, IClusterMembershipService membership, CancellationToken cancellationToken)
    {
        var address = SiloAddress.FromParsableString(silo);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellationToken))
        {
            if (snapshot.GetSiloStatus(address) == SiloStatus.Dead)
            {
                return Results.Ok();
            }
        }

        return Results.Conflict();
    }

    private static async Task<IResult> StartAsync(KillStart start, ExecutionGateway gateway, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var subscriber = grains.GetGrain<IExecutionSubscriber>("log").GetGrainId();
        var result = await gateway.StartAsync(
            new()
            {
                Connection = start.Connection,
                Target = new(start.Kind, start.Target, start.Connection == "cognite" ? "1" : null),
                Input = $$"""{"marker":"{{start.Key}}"}""",
                Deadline = TimeSpan.FromSeconds(start.DeadlineSeconds),
                CancelOnAbandon = start.CancelOnAbandon,
                Subscribers = [subscriber.ToString()],
            },
            start.Key,
            cancellationToken);
        return Results.StatusCode(result.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }
}

/// <summary>Kills this process, as from outside, when the store's write queue reaches a point of a transaction.</summary>
internal sealed class DeathAtWrite : IWriteHook
{
    private int _left;

    public void Arm(int points) => Volatile.Write(ref _left, points);

    public void Reached(WritePoint point)
    {
        if (Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) == 0)
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }
    }
}
