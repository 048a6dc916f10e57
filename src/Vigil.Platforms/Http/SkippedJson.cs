namespace Vigil.Platforms;

/// <summary>Finds the end of what is left out: of a whole object or array, or of its rest.</summary>
internal sealed class SkippedJson(bool isRest)
{
    private int _depth = isRest ? 0 : 1;
    private bool _isText;
    private bool _isEscape;

    public bool IsRest => isRest;

    public int Take(ReadOnlySpan<byte> bytes, out bool hasEnded)
    {
        hasEnded = false;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (_isText)
            {
                (_isText, _isEscape) = (_isEscape || b != (byte)'"', !_isEscape && b == (byte)'\\');
            }
            else if (b == (byte)'"')
            {
                _isText = true;
            }
            else if (b is (byte)'{' or (byte)'[')
            {
                _depth++;
            }
            else if (b is (byte)'}' or (byte)']' && (_depth == 0 || (--_depth == 0 && !isRest)))
            {
                hasEnded = true;
                return isRest ? i : i + 1;
            }
        }

        return bytes.Length;
    }
}
