using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Vigil.Simulator;

/// <summary>Replaces or corrupts responses as faults demand, and sends responses.</summary>
internal static class FaultyResponses
{
    private const int OversizedBytes = 50 * 1024 * 1024;
    private static readonly byte[] Page = "<!DOCTYPE html><html><body><h1>Service temporarily unavailable</h1></body></html>"u8.ToArray();

    /// <summary>Returns whether a fault has a response of its own, for which the platform need not act.</summary>
    public static bool Replaces(FaultKind kind) => kind is FaultKind.Answer or FaultKind.Status or FaultKind.RateLimit or FaultKind.ExpireTokens
        or FaultKind.Html or FaultKind.Empty or FaultKind.Oversized;

    /// <summary>Returns the response that replaces the real one; null if the fault only changes the real one.</summary>
    public static SimulatedResponse? Replacement(FaultRule fault, SimulatedPlatform platform, SimulatedCall call, DateTimeOffset now) => fault.Kind switch
    {
        FaultKind.Answer => Answer(fault, call.RunIds.FirstOrDefault("")),
        FaultKind.Status => WithRetryAfter(platform.Error(fault.Status ?? 503, "simulated_fault", "A simulated fault."), fault, now),
        FaultKind.RateLimit => WithRetryAfter(platform.Error(429, "rate_limited", "Too many requests."), fault, now),
        FaultKind.ExpireTokens => platform.Error(401, "token_expired", "The token has expired."),
        FaultKind.Html => new SimulatedResponse(200, Page, "text/html; charset=utf-8"),
        FaultKind.Empty => SimulatedResponse.Nothing(200),
        FaultKind.Oversized => new SimulatedResponse(200, Oversized()),
        _ => null,
    };

    public static SimulatedResponse Corrupt(SimulatedResponse response, FaultRule fault, IReadOnlyCollection<string> runs) => fault.Kind switch
    {
        FaultKind.Members => response with { Body = OddMembers.Replace(response.Body, fault, runs) },
        FaultKind.Malformed => response with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(response.Body.Span).Replace(':', ' ')) },
        FaultKind.WrongContentType => response with { ContentType = "application/octet-stream" },
        FaultKind.InvalidUtf8 => response with { Body = MakeInvalid(response.Body.ToArray()) },
        FaultKind.TruncatedGzip => (response with { Body = Gzip(response.Body.Span).AsMemory(..^12) }).With("Content-Encoding", "gzip"),
        _ => response,
    };

    public static async Task SendAsync(HttpContext context, SimulatedResponse response, bool isTruncated)
    {
        var http = context.Response;
        http.StatusCode = response.Status;
        if (response.ContentType.Length > 0)
        {
            http.ContentType = response.ContentType;
        }

        foreach (var (name, value) in response.Headers)
        {
            http.Headers.Append(name, value);
        }

        http.ContentLength = response.Status == StatusCodes.Status204NoContent ? null : response.Body.Length;

        // The server closes the connection after a response that is shorter than its Content-Length; an abort might discard what was written.
        await http.Body.WriteAsync(response.Body[..(isTruncated ? response.Body.Length / 2 : response.Body.Length)]);
    }

    private static SimulatedResponse Answer(FaultRule fault, string runId)
    {
        var body = Filled(fault.Body.Replace("{id}", runId, StringComparison.Ordinal), fault);
        return new SimulatedResponse(fault.Status ?? 200, Encoding.UTF8.GetBytes(body), fault.ContentType) { Headers = [.. fault.Headers] };
    }

    public static string Filled(string text, FaultRule fault) => text.Replace("{fill}", new string('x', fault.FillBytes), StringComparison.Ordinal);

    private static SimulatedResponse WithRetryAfter(SimulatedResponse response, FaultRule fault, DateTimeOffset now) => fault.RetryAfterSeconds is not { } seconds
        ? response
        : response.With("Retry-After", fault.RetryAfterAsDate
            ? now.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture)
            : seconds.ToString(CultureInfo.InvariantCulture));

    // The last character of the last string becomes a byte that is not valid in UTF-8.
    private static byte[] MakeInvalid(byte[] invalid)
    {
        var last = Array.LastIndexOf(invalid, (byte)'"');
        if (last > 0)
        {
            invalid[last - 1] = 0xFF;
        }

        return invalid;
    }

    private static byte[] Oversized()
    {
        var body = new byte[OversizedBytes];
        Array.Fill(body, (byte)' ');
        body[0] = (byte)'{';
        body[^1] = (byte)'}';
        return body;
    }

    private static byte[] Gzip(ReadOnlySpan<byte> body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }
}
