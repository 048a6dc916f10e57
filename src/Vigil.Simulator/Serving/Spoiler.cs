using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Vigil.Simulator;

/// <summary>Sends answers, unchanged or changed by a fault.</summary>
internal static class Spoiler
{
    private const int OversizedBytes = 50 * 1024 * 1024;
    private static readonly byte[] Page = "<!DOCTYPE html><html><body><h1>Service temporarily unavailable</h1></body></html>"u8.ToArray();

    /// <summary>Returns the answer that replaces the real one; null if the fault does not replace it.</summary>
    public static SimulatedAnswer? Replacement(FaultRule fault, SimulatedPlatform platform, DateTimeOffset now) => fault.Kind switch
    {
        FaultKind.Status => WithRetryAfter(platform.Error(fault.Status, "simulated_fault", "A simulated fault."), fault, now),
        FaultKind.RateLimit => WithRetryAfter(platform.Error(429, "rate_limited", "Too many requests."), fault, now),
        FaultKind.ExpireTokens => platform.Error(401, "token_expired", "The token has expired."),
        FaultKind.Html => new SimulatedAnswer(200, Page, "text/html; charset=utf-8"),
        FaultKind.Empty => SimulatedAnswer.Nothing(200),
        FaultKind.Oversized => new SimulatedAnswer(200, Oversized()),
        _ => null,
    };

    /// <summary>Returns the answer as changed by the fault.</summary>
    public static SimulatedAnswer Spoil(SimulatedAnswer answer, FaultKind kind) => kind switch
    {
        FaultKind.Malformed => answer with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(answer.Body).Replace(':', ' ')) },
        FaultKind.WrongContentType => answer with { ContentType = "application/octet-stream" },
        FaultKind.InvalidUtf8 => answer with { Body = MakeInvalid(answer.Body) },
        FaultKind.TruncatedGzip => (answer with { Body = Gzip(answer.Body)[..^12] }).With("Content-Encoding", "gzip"),
        _ => answer,
    };

    public static async Task SendAsync(HttpContext context, SimulatedAnswer answer, bool breaksOff)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.ContentType.Length > 0)
        {
            response.ContentType = answer.ContentType;
        }

        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        response.ContentLength = answer.Status == StatusCodes.Status204NoContent ? null : answer.Body.Length;

        // The server closes the connection after an answer that is shorter than announced; an abort might discard the first half.
        await response.Body.WriteAsync(answer.Body.AsMemory(0, breaksOff ? answer.Body.Length / 2 : answer.Body.Length));
    }

    private static SimulatedAnswer WithRetryAfter(SimulatedAnswer answer, FaultRule fault, DateTimeOffset now) => fault.RetryAfterSeconds is not { } seconds
        ? answer
        : answer.With("Retry-After", fault.RetryAfterAsDate
            ? now.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture)
            : seconds.ToString(CultureInfo.InvariantCulture));

    // The last character of the last string becomes a byte that is not valid in UTF-8.
    private static byte[] MakeInvalid(byte[] body)
    {
        var invalid = (byte[])body.Clone();
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

    private static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }
}
