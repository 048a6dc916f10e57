using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Vigil.Simulator;

/// <summary>The endpoints through which another process sets scripts and faults and reads the ledger.</summary>
internal static class AdminEndpoints
{
    private const int MaxPageSize = 10_000;

    public static void Map(IEndpointRouteBuilder endpoints, SimulatedPlatforms world)
    {
        var admin = endpoints.MapGroup("/_sim").AddEndpointFilter(RespondAsync);
        admin.MapGet("", () => new { runs = world.Runs.Count, requests = world.Ledger.Total, faults = world.Faults.Rules });
        admin.MapPost("/reset", world.Reset);
        admin.MapPost("/scripts", async (HttpRequest http) =>
        {
            var request = await ReadAsync<TargetScript>(http, world);
            world.Scripts.Set(request.Platform, request.Target, request.Script);
            return request;
        });
        admin.MapPost("/runs/{platform}/{id}/script", async (string platform, string id, string? from, HttpRequest http) =>
            Rewrite(world, platform, id, from, await ReadAsync<RunScript>(http, world)));
        admin.MapPost("/triggers/{id}/fire", (string id) => Fire(world, id));
        admin.MapPost("/faults", async (HttpRequest http) => world.Faults.Add(await ReadAsync<FaultRule>(http, world)));
        admin.MapGet("/faults", () => world.Faults.Rules.Select(rule => new { rule, strikes = world.Faults.StrikesOf(rule.Id) }));
        admin.MapDelete("/faults", world.Faults.Clear);
        admin.MapDelete("/faults/{id}", (string id) => world.Faults.Remove(id) ? new object() : throw new NotFoundException($"There is no fault '{id}'."));
        admin.MapPost("/credentials", async (HttpRequest http) =>
        {
            var request = await ReadAsync<CredentialsRequest>(http, world);
            world.AcceptOnly(request.Platform, [.. request.Accepted]);
            return request;
        });
        admin.MapGet("/ledger", (string? platform, string? operation, string? run) => new
        {
            total = world.Ledger.Total,
            counts = world.Ledger.Counts(),
            requests = world.Ledger.Requests(Known(platform), operation, run).TakeLast(MaxPageSize),
        });
        admin.MapGet("/ledger/runs", (string? platform) =>
            Known(platform) is null ? world.LedgerRuns() : world.LedgerRuns().Where(run => run.Platform == platform));

        string? Known(string? platform) => platform is null || world.Names.Contains(platform)
            ? platform
            : throw new JsonException($"platform: must be one of {string.Join(", ", world.Names)}, not \"{platform}\"");
    }

    private static async Task<TBody> ReadAsync<TBody>(HttpRequest request, SimulatedPlatforms world)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return AdminBody.Read<TBody>(body.GetBuffer().AsMemory(0, (int)body.Length), world.Names);
    }

    private static object Fire(SimulatedPlatforms world, string id)
    {
        try
        {
            return new { run_id = world.FireTrigger(id) };
        }
        catch (KeyNotFoundException)
        {
            throw new NotFoundException($"There is no trigger '{id}' of platform 'cognite'.");
        }
    }

    private static object Rewrite(SimulatedPlatforms world, string platform, string id, string? from, RunScript script)
    {
        var run = world.Runs.Find(platform, id) ?? throw new NotFoundException($"There is no run '{id}' of platform '{platform}'.");
        if (from is not (null or "now"))
        {
            throw new JsonException($"from: must be now, or omitted for the start of the run, not \"{from}\"");
        }

        run.Rewrite(script, from is null ? run.AcceptedAt : world.Time.GetUtcNow());
        return new { run.Id, run.EndsAt };
    }

    private static async ValueTask<object?> RespondAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return Results.Json(await next(context) is var response and not EmptyHttpResult ? response : new { }, SimulatorJson.Admin);
        }
        catch (Exception e) when (e is JsonException or NotFoundException)
        {
            var status = e is JsonException ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound;
            return Results.Json(new { error = e.Message }, SimulatorJson.Admin, statusCode: status);
        }
    }

    private sealed record CredentialsRequest(string Platform, IReadOnlyList<string> Accepted);

    private sealed class NotFoundException(string message) : Exception(message);
}
