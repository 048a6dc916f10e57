using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Client;
using Vigil.Hosting;
using Vigil.Silo;
using Vigil.Storage;
using Vigil.Storage.Writing;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>
/// The product as it ships, with a journal, a clock that can be set, a death at a chosen write, mutants if there are any, and a few endpoints: starts that name
/// the logging subscriber, and what the trial must know of the inside.
/// </summary>
internal static class TrialSilo
{
    private const int EventPage = 1000;

    /// <param name="options">The options of the silo.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="journal">What it writes down.</param>
    /// <param name="mutants">What is broken on purpose.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="configure">Adds further services.</param>
    public static Task<RunningSilo> StartAsync(
        SiloOptions options, ShiftedTime clock, Journal journal, MutantSwitch mutants, CancellationToken cancellationToken, Action<IServiceCollection>? configure = null)
    {
        var death = new DeathAtWrite();
        return RunningSilo.StartAsync(
            options,
            cancellationToken,
            services =>
            {
                services.AddSingleton<TimeProvider>(new SteadyTime(clock)).AddSingleton<IWriteHook>(death);
                TrialServices.Add(services, journal, mutants);
                configure?.Invoke(services);
            },
            app =>
            {
                mutants.Extend(app);
                app.MapPost("/kill/executions", OrderAsync);
                app.MapPost("/kill/clock", (double seconds) => clock.Set(TimeSpan.FromSeconds(seconds)));
                app.MapPost("/kill/at-write", (int writes) => death.Arm(writes));
                app.MapGet("/kill/silo", (ILocalSiloDetails local) => local.SiloAddress.ToParsableString());
                app.MapGet("/kill/until-dead", UntilDeadAsync);
                app.MapGet("/kill/events", (long after, IVigilStore store, CancellationToken cancelled) => ReadEventsAsync(after, store, cancelled));
            });
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

    /// <summary>Reads a page of the stored events, and after which event the next one begins.</summary>
    private static async Task<EventPageOfStore> ReadEventsAsync(long after, IVigilStore store, CancellationToken cancellationToken)
    {
        var events = await store.ReadEventsAsync(after, EventPage, cancellationToken);
        return new([.. events.Select(stored => SeenEvent.Of(stored.Read()))], events.IsEmpty ? null : events[^1].Seq);
    }

    private static async Task<IResult> OrderAsync(KillStart start, ExecutionGateway gateway, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var result = await gateway.StartAsync(
            new()
            {
                Connection = start.Connection,
                Target = new(start.Kind, start.Target, start.Version),
                Input = $$"""{"marker":"{{start.Key}}"}""",
                Deadline = TimeSpan.FromSeconds(start.DeadlineSeconds),
                CancelOnAbandon = start.CancelOnAbandon,
                Subscribers = [grains.GetGrain<IExecutionSubscriber>("log")],
            },
            start.Key,
            cancellationToken);
        return Results.StatusCode(result.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }
}

/// <summary>A start as the workload sends it.</summary>
internal sealed record KillStart(string Key, string Connection, string Kind, string Target, string? Version, int DeadlineSeconds, bool CancelOnAbandon);

/// <summary>A page of stored events.</summary>
/// <param name="Items">The events.</param>
/// <param name="Next">After which event the next page begins; null after the last.</param>
internal sealed record EventPageOfStore(IReadOnlyList<SeenEvent> Items, long? Next);
