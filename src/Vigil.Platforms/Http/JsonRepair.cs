namespace Vigil.Platforms;

/// <summary>
/// Makes strict JSON of an object that strict readers refuse, in one pass over bytes that may arrive in parts, and in bounded memory. Control characters
/// and wrong escapes in strings, invalid UTF-8, superfluous commas, comments, single quotes, names without quotes, and whatever follows the object are mended
/// without a loss. A value that is no JSON (<c>NaN</c>, <c>new Date(1)</c>), is nested too deeply or is too long loses itself or its end, and nothing else.
/// Any other error, such as a missing bracket, breaks the repair.
/// </summary>
internal sealed partial class JsonRepair
{
    // Room that an object or array must have left for one more member or item.
    private const int MinRoom = 64;

    private readonly MendedJson _output = new();
    private readonly StringRepair _text;
    private readonly bool[] _isObject = new bool[JsonView.MaxDepth + 1];
    private readonly int[] _limits = new int[JsonView.MaxDepth + 1];
    private Expected _expected = Expected.Root;
    private int _depth;
    private int _start;
    private int _comma = -1;
    private int _token = -1;
    private SkippedJson? _skipping;
    private SkippedComment? _comment;

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
        NameToken,
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
                _ when _comment is not null => TakeComment(bytes),
                Expected.Nothing => bytes.Length,
                Expected.NameToken => TakeNameToken(bytes),
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
            case 0:
                return 1;
            case (byte)'/':
                _comment = new();
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
            case (byte)'"' or (byte)'\'' when _expected is Expected.FirstName or Expected.Name:
                return Room < MinRoom ? SkipRest() : Begin(Expected.NameText, next);
            case var _ when _expected is Expected.FirstName or Expected.Name && BareNames.Contains(next):
                return Room < MinRoom ? SkipRest() : Begin(Expected.NameToken);
            case not ((byte)':' or (byte)'"' or (byte)'\'' or (byte)'{' or (byte)'[' or (byte)'}' or (byte)']') when _expected is Expected.CommaOrEnd && _token >= 0:
                return SkipRestOfValue();
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
        (byte)'"' or (byte)'\'' => Begin(Expected.Text, next),
        < (byte)' ' or (byte)':' => Break(),
        (byte)'}' or (byte)']' when !_isObject[_depth] => Break(),
        _ => Begin(Expected.Token),
    };

    /// <summary>Begins a string or a token; returns how many bytes of it were taken.</summary>
    private int Begin(Expected what, byte quote = 0)
    {
        _expected = what;
        _start = _output.Length;
        _text.Begin(_start + (Room * 3 / 4), quote, isToken: what == Expected.Token);
        return quote == 0 ? 0 : 1;
    }

    private int Open(byte bracket)
    {
        if (_depth == JsonView.MaxDepth)
        {
            _output.Append("..."u8);
            _output.Quote(_output.Length - 3);
            _skipping = new SkippedJson(SkippedPart.Whole);
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
        _token = -1;
        _expected = _depth == 0 ? Expected.Nothing : Expected.CommaOrEnd;
    }
}
