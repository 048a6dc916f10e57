using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vigil.Simulator;

/// <summary>The endpoints with which a test in another process sets scripts and faults and reads the ledger.</summary>
internal static class AdminEndpoints
{
    private const int MaxPageSize = 10_000;

    public static void Map(IEndpointRouteBuilder endpoints, SimulatedPlatforms world)
    {
        Handle("GET", "", _ => new { runs = world.Runs.Count, requests = world.Ledger.Total, faults = world.Faults.Rules });
        Handle("POST", "/reset", _ =>
        {
            world.Reset();
            return null;
        });
        HandleBody<TargetScript>("POST", "/scripts", (request, _) =>
        {
            world.Scripts.Set(request.Platform, request.Target, request.Script);
            return request;
        });
        HandleBody<RunScript>("POST", "/runs/{platform}/{id}/script", (script, context) => Rewrite(world, context, script));
        HandleBody<FaultRule>("POST", "/faults", (rule, _) => world.Faults.Add(rule));
        Handle("GET", "/faults", _ => world.Faults.Rules.Select(rule => new { rule, strikes = world.Faults.StrikesOf(rule.Id) }));
        Handle("DELETE", "/faults", _ =>
        {
            world.Faults.Clear();
            return null;
        });
        Handle("DELETE", "/faults/{id}", context => world.Faults.Remove(Route(context, "id")) ? null : throw new NotKnownException($"There is no fault '{Route(context, "id")}'."));
        HandleBody<CredentialsRequest>("POST", "/credentials", (request, _) =>
        {
            world.AcceptOnly(request.Platform, [.. request.Accepted]);
            return request;
        });
        Handle("GET", "/ledger", context => new
        {
            total = world.Ledger.Total,
            counts = world.Ledger.Counts(),
            requests = world.Ledger.Requests(Platform(context), Query(context, "operation"), Query(context, "run")).TakeLast(MaxPageSize),
        });
        Handle("GET", "/ledger/runs", context => world.LedgerRuns().Where(Platform(context) is { } platform ? run => platform == run.Platform : _ => true));

        void Handle(string method, string path, Func<HttpContext, object?> act) =>
            endpoints.MapMethods($"/_sim{path}", [method], Serve(context => Task.FromResult(act(context))));

        void HandleBody<TBody>(string method, string path, Func<TBody, HttpContext, object?> act) =>
            endpoints.MapMethods($"/_sim{path}", [method], Serve(context => ReadAsync(context, world, act)));

        string? Platform(HttpContext context) => Query(context, "platform") is not { } named || world.Names.Contains(named)
            ? Query(context, "platform")
            : throw new JsonException($"platform: must be one of {string.Join(", ", world.Names)}, not \"{named}\"");
    }

    private static async Task<object?> ReadAsync<TBody>(HttpContext context, SimulatedPlatforms world, Func<TBody, HttpContext, object?> act)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return act(AdminBody.Read<TBody>(body.GetBuffer().AsMemory(0, (int)body.Length), world.Names), context);
    }

    private static object Rewrite(SimulatedPlatforms world, HttpContext context, RunScript script)
    {
        var run = world.Runs.Find(Route(context, "platform"), Route(context, "id")) ?? throw new NotKnownException($"There is no run '{Route(context, "id")}' of platform '{Route(context, "platform")}'.");
        var from = Query(context, "from");
        if (from is not (null or "now"))
        {
            throw new JsonException($"from: must be now, or omitted for the start of the run, not \"{from}\"");
        }

        run.Rewrite(script, from is null ? run.AcceptedAt : world.Time.GetUtcNow());
        return new { run.Id, run.EndsAt };
    }

    private static RequestDelegate Serve(Func<HttpContext, Task<object?>> act) => context => AnswerAsync(context, act);

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<object?>> act)
    {
        object? answer;
        try
        {
            answer = await act(context);
        }
        catch (JsonException e)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            answer = new { error = e.Message };
        }
        catch (NotKnownException e)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            answer = new { error = e.Message };
        }

        await context.Response.WriteAsJsonAsync(answer ?? new { }, SimulatorJson.Admin, context.RequestAborted);
    }

    private static string Route(HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? "";

    private static string? Query(HttpContext context, string name) => context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    private sealed record CredentialsRequest(string Platform, IReadOnlyList<string> Accepted);

    private sealed class NotKnownException(string message) : Exception(message);
}
