using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Vigil.Simulator;

/// <summary>Handles a request: reads it, applies faults, acts on it, records it in the ledger, and answers.</summary>
internal sealed class SimulatedServer(SimulatedPlatforms world)
{
    private const int MaxBodyBytes = 64 * 1024 * 1024;

    public async Task ServeAsync(SimulatedPlatform platform, SimulatedRoute route, HttpContext context)
    {
        var (body, refusal) = await ReadAsync(platform, context);
        if (refusal is not null)
        {
            await Spoiler.SendAsync(context, refusal, breaksOff: false);
            return;
        }

        var arrivedAt = world.Time.GetUtcNow();
        var call = route.Understand(new SimulatedRequest(context, body, world.Time));
        var faults = world.Faults.Strike(platform.Name, call, world.Runs);
        var delay = faults.FirstOrDefault(rule => rule.Kind == FaultKind.Delay);
        if (delay is not null)
        {
            // If only the answer is late, the platform acts before the delay.
            var late = delay.AfterActing ? call.Act() : null;
            await Task.Delay(TimeSpan.FromSeconds(delay.DelaySeconds), world.Time, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            call = late is null ? call : call with { Act = () => late };
        }

        var fault = faults.FirstOrDefault(rule => rule.Kind != FaultKind.Delay);
        var answer = Answer(platform, call, fault);
        world.Ledger.Write(new LedgerRequest(
            arrivedAt, platform.Name, call.Operation, [.. call.RunIds], call.Target, answer?.Status ?? 0, (fault ?? delay)?.Id));
        if (answer is null)
        {
            context.Abort();
            return;
        }

        context.Response.Headers.Date = world.NowAt(platform.Name).ToString("R", CultureInfo.InvariantCulture);
        await Spoiler.SendAsync(context, answer, fault?.Kind == FaultKind.Truncated);
    }

    /// <summary>Returns the answer to send; null to cut the connection.</summary>
    private SimulatedAnswer? Answer(SimulatedPlatform platform, SimulatedCall call, FaultRule? fault)
    {
        if (fault is null)
        {
            return call.Act();
        }

        // Faults that change a body need one, so the call always acts first for them, whatever the rule says.
        var replacement = Spoiler.Replacement(fault, platform, world.NowAt(platform.Name));
        var replaces = fault.Kind == FaultKind.Cut || replacement is not null;
        var answer = replaces && !fault.AfterActing ? null : call.Act();
        return fault.Kind == FaultKind.Cut ? null : replacement ?? Spoiler.Spoil(answer!, fault.Kind);
    }

    private static async Task<(byte[] Body, SimulatedAnswer? Refusal)> ReadAsync(SimulatedPlatform platform, HttpContext context)
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
