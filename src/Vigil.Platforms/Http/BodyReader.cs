using System.IO.Compression;

namespace Vigil.Platforms;

/// <summary>Reads bodies as decompressed UTF-8, up to a limit. A longer body is given up at once or, if it may be shortened, repaired while it streams.</summary>
internal static class BodyReader
{
    private const int FirstBufferBytes = 16 * 1024;
    private const int MaxEncodings = 2;

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    private static ReadOnlySpan<byte> ScriptGuard => ")]}'"u8;

    /// <summary>Reads a whole body.</summary>
    /// <param name="content">The body.</param>
    /// <param name="limitBytes">How much of it is kept.</param>
    /// <param name="maxBytes">Up to which length a JSON object that exceeds the limit is read and shortened; 0 if it is not.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="UnreadableBodyException">It is too long, truncated, or cannot be decoded.</exception>
    public static async Task<PooledBytes> ReadAsync(HttpContent content, int limitBytes, long maxBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > Math.Max(limitBytes, maxBytes))
        {
            throw TooLong(Math.Max(limitBytes, maxBytes));
        }

        var body = new PooledBytes(FirstBufferBytes);
        try
        {
            await using var stream = Decode(await content.ReadAsStreamAsync(cancellationToken), content.Headers);
            while (await body.FillAsync(stream, cancellationToken))
            {
                if (body.Length > limitBytes)
                {
                    await ShortenAsync(stream, body, limitBytes, maxBytes, cancellationToken);
                    return body;
                }
            }

            ToUtf8(body, content.Headers.ContentType);
            return body;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException or InvalidOperationException or NotSupportedException)
        {
            // Broken connections or corrupt compression; the Brotli decoder reports corruption as an invalid operation.
            body.Dispose();
            throw new UnreadableBodyException($"its body is truncated or cannot be decoded ({e.GetType().Name})", e);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Decompresses the content while it streams.</summary>
    public static Stream Decode(Stream stream, HttpContentHeaders headers)
    {
        if (headers.ContentEncoding.Count > MaxEncodings)
        {
            throw new UnreadableBodyException($"it has more than {MaxEncodings} content encodings");
        }

        return headers.ContentEncoding.Reverse().Aggregate(stream, (inner, encoding) => encoding.ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(inner, CompressionMode.Decompress),
            "DEFLATE" => new ZLibStream(inner, CompressionMode.Decompress),
            "BR" => new BrotliStream(inner, CompressionMode.Decompress),

            // Some servers write a charset or a framing here, or a word of their own. Whether the bytes can be read shows itself.
            _ => inner,
        });
    }

    // Shortens a body of which the beginning has been read.
    private static async Task ShortenAsync(Stream stream, PooledBytes body, int limitBytes, long maxBytes, CancellationToken cancellationToken)
    {
        SkipPreamble(body);
        if (!body.Span.TrimStart(WhiteSpace).StartsWith("{"u8))
        {
            throw TooLong(limitBytes);
        }

        var repair = new JsonRepair(limitBytes);
        var total = 0L;
        do
        {
            total += body.Length;
            if (total > maxBytes)
            {
                throw TooLong(Math.Max(limitBytes, maxBytes));
            }

            if (!repair.Feed(body.Span))
            {
                throw NotJson(limitBytes);
            }

            body.Clear();
        }
        while (await body.FillAsync(stream, cancellationToken));
        body.Replace(repair.Complete() ?? throw NotJson(limitBytes));
    }

    private static void ToUtf8(PooledBytes body, MediaTypeHeaderValue? type)
    {
        if (BodyEncoding.Of(body.Span, type) is { } encoding)
        {
            body.Replace(Encoding.UTF8.GetBytes(encoding.GetString(body.Span)));
        }

        SkipPreamble(body);
    }

    // Some servers write the byte order mark twice, and some a line that keeps browsers from running the JSON as a script.
    private static void SkipPreamble(PooledBytes body)
    {
        while (body.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            body.Skip(Encoding.UTF8.Preamble.Length);
        }

        var text = body.Span.TrimStart(WhiteSpace);
        if (text.StartsWith(ScriptGuard))
        {
            body.Skip(body.Length - text[ScriptGuard.Length..].TrimStart(", \t\r\n"u8).Length);
        }
    }

    private static UnreadableBodyException TooLong(long limitBytes) => new($"its body is longer than {limitBytes} bytes");

    private static UnreadableBodyException NotJson(int limitBytes) => new($"its body is longer than {limitBytes} bytes and is not JSON");
}

/// <summary>A body cannot be read. The message states the reason as a clause such as "it is empty".</summary>
internal sealed class UnreadableBodyException(string message, Exception? inner = null) : Exception(message, inner);
