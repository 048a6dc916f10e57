using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Vigil.Simulator;

/// <summary>Serves the platforms: reads each request, applies faults, acts on it, records it in the ledger, and sends the response.</summary>
internal sealed class SimulatedServer(SimulatedPlatforms world)
{
    private const int MaxBodyBytes = 64 * 1024 * 1024;

    /// <summary>Returns a new instance of every platform.</summary>
    public static IReadOnlyList<SimulatedPlatform> Platforms(SimulatedPlatforms world, Manifest.RunPushes? pushes = null) =>
    [
        new Agentic.SimulatedAgentic(world),
        new GloriaMundo.SimulatedGloriaMundo(world),
        new Moderately.SimulatedModerately(world),
        new Cognite.SimulatedCognite(world),
        new Manifest.SimulatedManifest(world, pushes),
    ];

    /// <summary>Serves platforms below their names and, where their own clients expect them, at the root.</summary>
    public void Map(IEndpointRouteBuilder endpoints, IEnumerable<SimulatedPlatform> platforms, bool atRoot)
    {
        foreach (var platform in platforms)
        {
            world.Register(platform);
            foreach (var route in platform.Routes)
            {
                if (atRoot)
                {
                    endpoints.MapMethods(route.Pattern, [route.Method], context => ServeAsync(platform, route, context));
                }

                endpoints.MapMethods($"/{platform.Name}{route.Pattern}", [route.Method], context => ServeAsync(platform, route, context));
            }
        }
    }

    private async Task ServeAsync(SimulatedPlatform platform, SimulatedRoute route, HttpContext context)
    {
        var (body, refusal) = await ReadAsync(platform, context);
        if (refusal is not null)
        {
            await FaultyResponses.SendAsync(context, refusal, isTruncated: false);
            return;
        }

        var arrivedAt = world.Time.GetUtcNow();
        var call = route.Read(new SimulatedRequest(context, body, world.Time));
        var faults = world.Faults.Strike(platform.Name, call, world.Runs);
        var delay = faults.FirstOrDefault(rule => rule.Kind == FaultKind.Delay);
        if (delay is not null)
        {
            // A fault after acting delays only the response.
            var late = delay.AfterActing ? call.Act() : null;
            await Task.Delay(TimeSpan.FromSeconds(delay.DelaySeconds), world.Time, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            call = late is null ? call : call with { Act = () => late };
        }

        var fault = faults.FirstOrDefault(rule => rule.Kind != FaultKind.Delay);
        var response = Respond(platform, call, fault);
        world.Ledger.Write(new LedgerRequest(
            arrivedAt, platform.Name, call.Operation, [.. call.RunIds], call.Target, response?.Status ?? 0, (fault ?? delay)?.Id));
        if (response is null)
        {
            context.Abort();
            return;
        }

        context.Response.Headers.Date = world.NowAt(platform.Name).ToString("R", CultureInfo.InvariantCulture);
        await FaultyResponses.SendAsync(context, response, fault?.Kind == FaultKind.Truncated);
    }

    // Null cuts the connection.
    private SimulatedResponse? Respond(SimulatedPlatform platform, SimulatedCall call, FaultRule? fault)
    {
        if (fault is null)
        {
            return call.Act();
        }

        // Faults that change the body of the real response act first, regardless of AfterActing.
        var replaces = fault.Kind == FaultKind.Cut || FaultyResponses.Replaces(fault.Kind);
        var response = replaces && !fault.AfterActing ? null : call.Act();
        return fault.Kind == FaultKind.Cut ? null
            : FaultyResponses.Replacement(fault, platform, call, world.NowAt(platform.Name)) ?? FaultyResponses.Corrupt(response!, fault, RunsOf(platform, call));
    }

    // A request for a list names no runs.
    private IReadOnlyCollection<string> RunsOf(SimulatedPlatform platform, SimulatedCall call) => call.RunIds.Count > 0
        ? call.RunIds
        : world.Runs.All().Where(run => run.Platform == platform.Name).Select(run => run.Id).ToHashSet();

    private static async Task<(byte[] Body, SimulatedResponse? Refusal)> ReadAsync(SimulatedPlatform platform, HttpContext context)
    {
        var isCompressed = context.Request.Headers.ContentEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        await using var source = isCompressed ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await source.ReadAsync(buffer, context.RequestAborted)) > 0;)
            {
                body.Write(buffer, 0, read);
                if (body.Length > MaxBodyBytes)
                {
                    return ([], platform.Error(413, "too_large", "The body is too large."));
                }
            }
        }
        catch (InvalidDataException)
        {
            return ([], platform.Error(400, "bad_request", "The body does not match its Content-Encoding."));
        }

        return (body.ToArray(), null);
    }
}
