using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Gateway;
using Vigil.Silo;
using Vigil.Storage.Writing;

namespace Vigil.Kill;

/// <summary>
/// The product as it is, with a few more doors: starts that name the logging subscriber, a clock that can be set, and a death at a chosen write.
/// </summary>
internal static class KillHost
{
    public const string DataSetting = "KILL_DATA";
    /// <summary>What it says when it has started.</summary>
    public const string UpLine = "kill: up";

    public const string ClockSetting = "KILL_CLOCK_SECONDS";

    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        var options = new SiloOptions(Environment.GetEnvironmentVariable(DataSetting) ?? "unused", port, Simulate: false);
        var clock = new SettableClock(double.Parse(Environment.GetEnvironmentVariable(ClockSetting) ?? "0", CultureInfo.InvariantCulture));
        var death = new DeathAtWrite();
        await using var silo = await RunningSilo.StartAsync(
            options,
            cancellationToken,
            services => services.AddSingleton<TimeProvider>(clock).AddSingleton<IWriteHook>(death),
            app =>
            {
                app.MapPost("/kill/executions", StartAsync);
                app.MapPost("/kill/clock", (double seconds) => clock.Set(seconds));
                app.MapPost("/kill/at-write", (int writes) => death.Arm(writes));
            });
        Console.WriteLine(UpLine);
        await silo.WaitForShutdownAsync(cancellationToken);
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

/// <summary>The machine's clock, set wrong by some seconds. Timers run on, as they do when an operator sets a real clock.</summary>
internal sealed class SettableClock(double seconds) : TimeProvider
{
    private long _ticks = TimeSpan.FromSeconds(seconds).Ticks;

    public void Set(double wrongBySeconds) => Interlocked.Exchange(ref _ticks, TimeSpan.FromSeconds(wrongBySeconds).Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ticks));
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
