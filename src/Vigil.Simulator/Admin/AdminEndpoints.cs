using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vigil.Simulator;

/// <summary>The endpoint by which a test in another process writes scripts and faults and reads the ledger.</summary>
internal static class AdminEndpoints
{
    private const int LargestPage = 10_000;

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
        Handle("DELETE", "/faults/{id}", context => world.Faults.Remove(Route(context, "id")) ? null : throw new NotKnownException());
        HandleBody<CredentialsRequest>("POST", "/credentials", (request, _) =>
        {
            world.AcceptOnly(request.Platform, [.. request.Accepted]);
            return request;
        });
        Handle("GET", "/ledger", context => new
        {
            total = world.Ledger.Total,
            counts = world.Ledger.Counts(),
            requests = world.Ledger.Requests(Query(context, "platform"), Query(context, "operation"), Query(context, "run")).TakeLast(LargestPage),
        });
        Handle("GET", "/ledger/runs", context => world.LedgerRuns().Where(run => Query(context, "platform") is not { } platform || platform == run.Platform));

        void Handle(string method, string path, Func<HttpContext, object?> act) =>
            endpoints.MapMethods($"/_sim{path}", [method], Serve(context => Task.FromResult(act(context))));

        void HandleBody<TBody>(string method, string path, Func<TBody, HttpContext, object?> act) =>
            endpoints.MapMethods($"/_sim{path}", [method], Serve(context => ReadAsync(context, act)));
    }

    private static async Task<object?> ReadAsync<TBody>(HttpContext context, Func<TBody, HttpContext, object?> act)
    {
        var body = await JsonSerializer.DeserializeAsync<TBody>(context.Request.Body, SimulatorJson.Admin, context.RequestAborted);
        return act(body ?? throw new JsonException("The body is null."), context);
    }

    private static object Rewrite(SimulatedPlatforms world, HttpContext context, RunScript script)
    {
        var run = world.Runs.Find(Route(context, "platform"), Route(context, "id")) ?? throw new NotKnownException();
        run.Rewrite(script, Query(context, "from") == "now" ? world.Time.GetUtcNow() : run.AcceptedAt);
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
        catch (NotKnownException)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            answer = new { error = "not known" };
        }

        await context.Response.WriteAsJsonAsync(answer ?? new { }, SimulatorJson.Admin, context.RequestAborted);
    }

    private static string Route(HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? "";

    private static string? Query(HttpContext context, string name) => context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    private sealed record CredentialsRequest(string Platform, IReadOnlyList<string> Accepted);

    private sealed class NotKnownException : Exception;
}
