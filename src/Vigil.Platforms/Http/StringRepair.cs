using System.Buffers;

namespace Vigil.Platforms;

/// <summary>Copies one string after the other to the output of a repair, mends what is wrong in it, and cuts it at its limit between two characters.</summary>
internal sealed class StringRepair(MendedJson output)
{
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', 0x80 - ' ').Where(c => c is not ('"' or '\'' or '\\')).Select(c => (byte)c)]);

    private readonly byte[] _unit = new byte[6];
    private int _unitLength;
    private int _limit;
    private byte _quote;

    /// <summary>Gets a value indicating whether the limit was reached.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Begins a string with this quote, or with none, which a caller ends.</summary>
    public void Begin(int limit, byte quote, bool isToken)
    {
        _limit = limit;
        _quote = quote;
        _unitLength = 0;
        IsCut = false;
        if (!isToken)
        {
            output.Append((byte)'"');
        }
    }

    /// <summary>Takes bytes of the string up to its closing quote, and returns how many, the quote included.</summary>
    public int Take(ReadOnlySpan<byte> bytes, out bool hasEnded)
    {
        hasEnded = false;
        var taken = 0;
        while (taken < bytes.Length && !hasEnded)
        {
            if (_unitLength > 0)
            {
                taken += TakeUnit(bytes[taken]);
                continue;
            }

            var rest = bytes[taken..];
            var run = rest.IndexOfAnyExcept(Plain);
            run = run < 0 ? rest.Length : run;
            AppendPlain(rest[..run]);
            taken += run;
            if (run < rest.Length)
            {
                taken++;
                hasEnded = rest[run] == _quote;
                Special(rest[run]);
            }
        }

        return taken;
    }

    public void AppendToken(ReadOnlySpan<byte> bytes) => AppendPlain(bytes);

    public void End()
    {
        if (IsCut)
        {
            output.Shorten();
        }

        output.Append((byte)'"');
    }

    private void Special(byte b)
    {
        if (b == (byte)'\\' || LengthOf(b) > 1)
        {
            _unit[0] = b;
            _unitLength = 1;
        }
        else if (b < (byte)' ')
        {
            Append(Encoding.ASCII.GetBytes($"\\u{b:x4}"));
        }
        else if (b != _quote)
        {
            Append(b == (byte)'"' ? "\\\""u8 : b == (byte)'\'' ? "'"u8 : "\uFFFD"u8);
        }
    }

    /// <summary>Takes the next byte of an escape or of a character beyond ASCII; returns 0 if the byte does not belong to it.</summary>
    private int TakeUnit(byte b)
    {
        var isEscape = _unit[0] == (byte)'\\';
        if (isEscape && _unitLength == 1 && b == (byte)'\'')
        {
            // JavaScript and Python escape single quotes, which JSON does not.
            _unitLength = 0;
            Append("'"u8);
            return 1;
        }

        var belongs = !isEscape ? (b & 0xC0) == 0x80
            : _unitLength == 1 ? "\"\\/bfnrtu"u8.Contains(b)
            : char.IsAsciiHexDigit((char)b);
        if (belongs)
        {
            _unit[_unitLength++] = b;
        }

        var length = !isEscape ? LengthOf(_unit[0]) : _unitLength > 1 && _unit[1] == (byte)'u' ? 6 : 2;
        if (belongs && _unitLength < length)
        {
            return 1;
        }

        var unit = _unit.AsSpan(0, _unitLength);
        _unitLength = 0;
        if (belongs && (isEscape || Rune.DecodeFromUtf8(unit, out _, out _) == OperationStatus.Done))
        {
            Append(unit);
        }
        else if (isEscape)
        {
            // A backslash that begins no escape stands for itself.
            Append([(byte)'\\', .. unit]);
        }
        else
        {
            AppendReplacement();
        }

        return belongs ? 1 : 0;
    }

    private void AppendPlain(ReadOnlySpan<byte> bytes)
    {
        var fits = IsCut ? 0 : Math.Clamp(_limit - output.Length, 0, bytes.Length);
        output.Append(bytes[..fits]);
        IsCut |= fits < bytes.Length;
    }

    private void Append(ReadOnlySpan<byte> unit)
    {
        IsCut |= output.Length + unit.Length > _limit;
        if (!IsCut)
        {
            output.Append(unit);
        }
    }

    private void AppendReplacement() => Append("\uFFFD"u8);

    // The length of a UTF-8 character by its first byte; 1 if none begins so.
    private static int LengthOf(byte first) => first switch
    {
        >= 0xC2 and <= 0xDF => 2,
        >= 0xE0 and <= 0xEF => 3,
        >= 0xF0 and <= 0xF4 => 4,
        _ => 1,
    };
}
