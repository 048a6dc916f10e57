using System.Buffers;
using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <summary>
/// Makes strict JSON of an object that strict readers refuse, in one pass over bytes that may arrive in parts, and in bounded memory. Control characters
/// and wrong escapes in strings, invalid UTF-8 and superfluous commas are mended without a loss. A value that is no JSON (<c>NaN</c>), is nested too
/// deeply or is too long loses itself or its end, and nothing else. Any other error, such as a missing bracket, breaks the repair.
/// </summary>
internal sealed partial class JsonRepair
{
    // Room that an object or array must have left for one more member or item.
    private const int MinRoom = 64;

    private static readonly SearchValues<byte> EndsOfTokens = SearchValues.Create(" \t\r\n,:]}[{\""u8);

    private readonly MendedJson _output = new();
    private readonly StringRepair _text;
    private readonly bool[] _isObject = new bool[JsonView.MaxDepth + 1];
    private readonly int[] _limits = new int[JsonView.MaxDepth + 1];
    private Expected _expected = Expected.Root;
    private int _depth;
    private int _start;
    private int _comma = -1;
    private SkippedJson? _skipping;

    /// <summary>Creates a repair whose output has about this length at most.</summary>
    public JsonRepair(int maxBytes)
    {
        _limits[0] = maxBytes;
        _text = new(_output);
    }

    private enum Expected
    {
        Root,
        FirstName,
        Name,
        NameText,
        Colon,
        Value,
        FirstItem,
        Item,
        Text,
        Token,
        Skipped,
        CommaOrEnd,
        Nothing,
        Broken,
    }

    // A value may take three quarters of the room that is left where it stands, so that the members after it always have some.
    private int Room => _limits[_depth] - _output.Length;

    /// <summary>Takes the next bytes; returns false if they are beyond repair.</summary>
    public bool Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _expected != Expected.Broken)
        {
            var taken = _expected switch
            {
                Expected.Text or Expected.NameText => TakeText(bytes),
                Expected.Token => TakeToken(bytes),
                Expected.Skipped => TakeSkipped(bytes),
                _ => Take(bytes[0]),
            };
            bytes = bytes[taken..];
        }

        return _expected != Expected.Broken;
    }

    /// <summary>Returns the repaired JSON; null if its end is missing.</summary>
    public MendedJson? Complete() => _expected == Expected.Nothing ? _output : null;

    private int Take(byte next)
    {
        switch (next)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                if (Room > MinRoom)
                {
                    _output.Append(next);
                }

                return 1;
            case (byte)',' when _expected is Expected.CommaOrEnd:
                _comma = _output.Length;
                _output.Append(next);
                _expected = _isObject[_depth] ? Expected.Name : Expected.Item;
                return 1;
            case (byte)',' when _expected is Expected.FirstName or Expected.Name or Expected.FirstItem or Expected.Item:
                return 1;
            case (byte)'}' when _depth > 0 && _isObject[_depth] && _expected is Expected.FirstName or Expected.Name or Expected.CommaOrEnd:
            case (byte)']' when _depth > 0 && !_isObject[_depth] && _expected is Expected.FirstItem or Expected.Item or Expected.CommaOrEnd:
                Close(next);
                return 1;
            case (byte)':' when _expected is Expected.Colon:
                _output.Append(next);
                _expected = Expected.Value;
                return 1;
            case (byte)'"' when _expected is Expected.FirstName or Expected.Name:
                return Room < MinRoom ? SkipRest() : Begin(Expected.NameText);
            case (byte)'{' when _expected is Expected.Root:
                return Open(next);
            default:
                return _expected is Expected.Value or Expected.FirstItem or Expected.Item ? TakeValue(next) : Break();
        }
    }

    private int TakeValue(byte next) => next switch
    {
        _ when Room < MinRoom && _expected != Expected.Value => SkipRest(),
        (byte)'{' or (byte)'[' => Open(next),
        (byte)'"' => Begin(Expected.Text),
        < (byte)' ' or (byte)':' => Break(),
        (byte)'}' or (byte)']' when !_isObject[_depth] => Break(),
        _ => Begin(Expected.Token),
    };

    /// <summary>Begins a string or a token; returns how many bytes of it were taken.</summary>
    private int Begin(Expected what)
    {
        _expected = what;
        _start = _output.Length;
        _text.Begin(_start + (Room * 3 / 4), isToken: what == Expected.Token);
        return what == Expected.Token ? 0 : 1;
    }

    private int Open(byte bracket)
    {
        if (_depth == JsonView.MaxDepth)
        {
            _output.Append("..."u8);
            _output.Quote(_output.Length - 3);
            _skipping = new SkippedJson(isRest: false);
            _expected = Expected.Skipped;
            return 1;
        }

        var limit = _depth == 0 ? _limits[0] : _output.Length + (Room * 3 / 4);
        _depth++;
        _limits[_depth] = limit;
        _isObject[_depth] = bracket == (byte)'{';
        _output.Append(bracket);
        _comma = -1;
        _expected = _isObject[_depth] ? Expected.FirstName : Expected.FirstItem;
        return 1;
    }

    private void Close(byte bracket)
    {
        if (_comma >= 0)
        {
            _output.Blank(_comma);
        }

        _output.Append(bracket);
        _depth--;
        EndValue();
    }

    private void EndValue()
    {
        _comma = -1;
        _expected = _depth == 0 ? Expected.Nothing : Expected.CommaOrEnd;
    }

    private int TakeText(ReadOnlySpan<byte> bytes)
    {
        var taken = _text.Take(bytes, out var hasEnded);
        if (!hasEnded)
        {
            return taken;
        }

        if (_expected == Expected.Text)
        {
            _text.End();
            EndValue();
        }
        else if (_text.IsCut || Room < MinRoom / 2)
        {
            // A name that was cut could be another member's.
            _output.TakeBack(_start);
            SkipRest();
        }
        else
        {
            _text.End();
            _expected = Expected.Colon;
        }

        return taken;
    }

    private int TakeToken(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny(EndsOfTokens);
        _text.AppendToken(end < 0 ? bytes : bytes[..end]);
        if (end < 0)
        {
            return bytes.Length;
        }

        var token = _output.Memory.Span[_start..];
        if (_text.IsCut || !JsonToken().IsMatch(Encoding.Latin1.GetString(token)))
        {
            _output.Quote(_start);
        }

        EndValue();
        return end;
    }

    private int TakeSkipped(ReadOnlySpan<byte> bytes)
    {
        var taken = _skipping!.Take(bytes, out var hasEnded);
        if (hasEnded && _skipping.IsRest)
        {
            _expected = Expected.CommaOrEnd;
        }
        else if (hasEnded)
        {
            EndValue();
        }

        return taken;
    }

    /// <summary>Leaves out what is left of the innermost object or array.</summary>
    private int SkipRest()
    {
        _output.Shorten();
        _skipping = new SkippedJson(isRest: true);
        _expected = Expected.Skipped;
        return 0;
    }

    private int Break()
    {
        _expected = Expected.Broken;
        return 0;
    }

    [GeneratedRegex(@"\A(true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)\z")]
    private static partial Regex JsonToken();
}
