namespace Vigil.Platforms;

/// <summary>What is left out by <see cref="SkippedJson"/>.</summary>
internal enum SkippedPart
{
    /// <summary>An object or array whose bracket was taken.</summary>
    Whole,

    /// <summary>The rest of the innermost object or array, up to its bracket.</summary>
    RestOfContainer,

    /// <summary>The rest of an expression such as <c>new Date(1)</c>, up to what follows the value.</summary>
    RestOfValue,
}

/// <summary>Finds the end of what is left out.</summary>
internal sealed class SkippedJson(SkippedPart part)
{
    private int _depth = part == SkippedPart.Whole ? 1 : 0;
    private byte _quote;
    private bool _isEscape;

    public SkippedPart Part => part;

    public int Take(ReadOnlySpan<byte> bytes, out bool hasEnded)
    {
        hasEnded = false;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (_quote != 0)
            {
                (_quote, _isEscape) = (_isEscape || b != _quote ? _quote : (byte)0, !_isEscape && b == (byte)'\\');
                continue;
            }

            hasEnded = (_depth == 0 && IsEnd(b)) || (_depth == 1 && part == SkippedPart.Whole && b is (byte)'}' or (byte)']');
            if (hasEnded)
            {
                return part == SkippedPart.Whole ? i + 1 : i;
            }

            _quote = b is (byte)'"' or (byte)'\'' ? b : (byte)0;
            _depth += b is (byte)'{' or (byte)'[' or (byte)'(' ? 1 : b is (byte)'}' or (byte)']' or (byte)')' && _depth > 0 ? -1 : 0;
        }

        return bytes.Length;
    }

    private bool IsEnd(byte b) => b is (byte)'}' or (byte)']' || (part == SkippedPart.RestOfValue && b is (byte)',' or (byte)':' or (byte)'"' or (byte)'{' or (byte)'[');
}
