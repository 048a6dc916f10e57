using System.Buffers;

namespace Vigil.Platforms;

/// <summary>The bytes of a body, in a buffer of the shared pool.</summary>
internal sealed class PooledBytes(int firstSize) : IDisposable
{
    // Limits how far a body can exceed the size limit before the limit is checked.
    private const int MaxReadBytes = 128 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(firstSize);
    private bool _rented = true;
    private int _start;
    private int _end;

    public int Length => Memory.Length;

    public ReadOnlyMemory<byte> Memory => Mended?.Memory ?? _buffer.AsMemory(_start, _end - _start);

    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>Gets the repaired JSON that replaced the bytes; null if they are as they were sent.</summary>
    public MendedJson? Mended { get; private set; }

    /// <summary>Parses the bytes as JSON, repaired if need be; null if they are beyond repair.</summary>
    public JsonDocument? TryParse()
    {
        try
        {
            return Parse();
        }
        catch (JsonException) when (Mended is null)
        {
            var repair = new JsonRepair(PlatformHttp.MaxResponseBytes);
            if (!repair.Feed(Span) || repair.Complete() is not { } mended)
            {
                return null;
            }

            Replace(mended);
            return Parse();
        }
    }

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

    public void Clear() => _start = _end = 0;

    public void Replace(MendedJson mended)
    {
        Replace([]);
        Mended = mended;
    }

    public void Replace(byte[] bytes)
    {
        Return();
        _buffer = bytes;
        _start = 0;
        _end = bytes.Length;
    }

    public void Dispose() => Return();

    private JsonDocument Parse() => JsonDocument.Parse(Memory, new JsonDocumentOptions { MaxDepth = JsonView.MaxDepth });

    private void Return()
    {
        if (_rented)
        {
            _rented = false;
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
