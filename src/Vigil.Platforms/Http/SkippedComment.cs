namespace Vigil.Platforms;

/// <summary>Finds the end of a comment of which the first slash was taken.</summary>
internal sealed class SkippedComment
{
    private byte _kind;
    private bool _isAfterStar;

    /// <summary>Returns how many bytes of the comment were taken; <paramref name="isNone"/> if it is not one.</summary>
    public int Take(ReadOnlySpan<byte> bytes, out bool hasEnded, out bool isNone)
    {
        (hasEnded, isNone) = (false, false);
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (_kind == 0)
            {
                _kind = b;
                isNone = b is not ((byte)'/' or (byte)'*');
                if (isNone)
                {
                    return i;
                }

                continue;
            }

            hasEnded = _kind == (byte)'/' ? b is (byte)'\n' or (byte)'\r' : _isAfterStar && b == (byte)'/';
            if (hasEnded)
            {
                return i + 1;
            }

            _isAfterStar = b == (byte)'*';
        }

        return bytes.Length;
    }
}
