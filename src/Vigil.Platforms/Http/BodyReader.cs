using System.Buffers;
using System.IO.Compression;
using System.Text.Unicode;

namespace Vigil.Platforms;

/// <summary>Reads bodies as decompressed UTF-8, up to a limit: reading stops as soon as a body exceeds it.</summary>
internal static class BodyReader
{
    private const int FirstBufferBytes = 16 * 1024;
    private const int MaxEncodings = 2;

    /// <summary>Reads a whole body.</summary>
    /// <exception cref="UnreadableBodyException">It is longer than the limit, truncated, or cannot be decoded.</exception>
    public static async Task<PooledBytes> ReadAsync(HttpContent content, int limitBytes, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limitBytes)
        {
            throw TooLong(limitBytes);
        }

        var body = new PooledBytes(FirstBufferBytes);
        try
        {
            await using var stream = Decode(await content.ReadAsStreamAsync(cancellationToken), content.Headers);
            while (await body.FillAsync(stream, cancellationToken))
            {
                if (body.Length > limitBytes)
                {
                    throw TooLong(limitBytes);
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

    private static void ToUtf8(PooledBytes body, MediaTypeHeaderValue? type)
    {
        var encoding = EncodingOf(body.Span, type);
        if (encoding is not UTF8Encoding || !Utf8.IsValid(body.Span))
        {
            // One invalid byte in a name must not make a run unreadable: it becomes a replacement character.
            body.Replace(Encoding.UTF8.GetBytes(encoding.GetString(body.Span)));
        }

        if (body.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            body.Skip(Encoding.UTF8.Preamble.Length);
        }
    }

    private static Encoding EncodingOf(ReadOnlySpan<byte> body, MediaTypeHeaderValue? type)
    {
        if (body.StartsWith(Encoding.Unicode.Preamble))
        {
            return Encoding.Unicode;
        }

        try
        {
            return type?.CharSet?.Trim('"', '\'') is { Length: > 0 } name ? Encoding.GetEncoding(name) : Encoding.UTF8;
        }
        catch (ArgumentException)
        {
            // An unknown charset is ignored: JSON is UTF-8 by definition.
            return Encoding.UTF8;
        }
    }

    private static UnreadableBodyException TooLong(int limitBytes) => new($"its body is longer than {limitBytes} bytes");
}

/// <summary>A body cannot be read. The message states the reason as a clause such as "it is empty".</summary>
internal sealed class UnreadableBodyException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Bytes in a buffer of the shared pool.</summary>
internal sealed class PooledBytes(int firstSize) : IDisposable
{
    // Limits how far a body can exceed the size limit before the limit is checked.
    private const int MaxReadBytes = 128 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(firstSize);
    private bool _rented = true;
    private int _start;
    private int _end;

    public int Length => _end - _start;

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(_start, Length);

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(_start, Length);

    /// <summary>Reads once from a stream; returns false at its end.</summary>
    public async ValueTask<bool> FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            Return();
            _buffer = larger;
            _rented = true;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end, Math.Min(_buffer.Length - _end, MaxReadBytes)), cancellationToken);
        _end += read;
        return read > 0;
    }

    public void Skip(int count) => _start += count;

    public void Replace(byte[] bytes)
    {
        Return();
        _buffer = bytes;
        _start = 0;
        _end = bytes.Length;
    }

    public void Dispose() => Return();

    private void Return()
    {
        if (_rented)
        {
            _rented = false;
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
