using System.IO.Compression;
using System.Text.Unicode;

namespace Vigil.Platforms;

/// <summary>Reads bodies as decompressed UTF-8, up to a limit. A longer body is given up at once or, if it may be shortened, repaired while it streams.</summary>
internal static class BodyReader
{
    private const int FirstBufferBytes = 16 * 1024;
    private const int MaxEncodings = 2;

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
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException or InvalidOperationException)
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
            "IDENTITY" => inner,
            _ => throw new UnreadableBodyException("its content encoding is unknown"),
        });
    }

    // Shortens a body of which the beginning has been read.
    private static async Task ShortenAsync(Stream stream, PooledBytes body, int limitBytes, long maxBytes, CancellationToken cancellationToken)
    {
        SkipPreamble(body);
        if (!body.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
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
        if (EncodingOf(body.Span, type) is { } encoding)
        {
            // One invalid byte in a name must not make a run unreadable: it becomes a replacement character.
            body.Replace(Encoding.UTF8.GetBytes(encoding.GetString(body.Span)));
        }

        SkipPreamble(body);
    }

    private static void SkipPreamble(PooledBytes body)
    {
        if (body.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            body.Skip(Encoding.UTF8.Preamble.Length);
        }
    }

    // Null if it is UTF-8, as JSON is by definition: many servers declare another charset and send UTF-8. A zero byte is in no JSON in UTF-8.
    private static Encoding? EncodingOf(ReadOnlySpan<byte> body, MediaTypeHeaderValue? type)
    {
        if (body.StartsWith(Encoding.Unicode.Preamble))
        {
            return Encoding.Unicode;
        }

        if (Utf8.IsValid(body) && !body.Contains((byte)0))
        {
            return null;
        }

        try
        {
            return type?.CharSet?.Trim('"', '\'') is { Length: > 0 } name ? Encoding.GetEncoding(name) : Encoding.UTF8;
        }
        catch (ArgumentException)
        {
            // An unknown charset is ignored.
            return Encoding.UTF8;
        }
    }

    private static UnreadableBodyException TooLong(long limitBytes) => new($"its body is longer than {limitBytes} bytes");

    private static UnreadableBodyException NotJson(int limitBytes) => new($"its body is longer than {limitBytes} bytes and is not JSON");
}

/// <summary>A body cannot be read. The message states the reason as a clause such as "it is empty".</summary>
internal sealed class UnreadableBodyException(string message, Exception? inner = null) : Exception(message, inner);
