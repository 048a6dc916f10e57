using System.Runtime.InteropServices;

namespace Vigil.Platforms;

/// <summary>The output of a repair, and where in it something was lost: at the start of a value that was no JSON, or at the end of one that was cut.</summary>
internal sealed class MendedJson
{
    private readonly List<int> _losses = [];
    private byte[] _bytes = new byte[16 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Append(byte value) => Append([value]);

    public void Append(ReadOnlySpan<byte> values)
    {
        if (Length + values.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + values.Length));
        }

        values.CopyTo(_bytes.AsSpan(Length));
        Length += values.Length;
    }

    public void Blank(int position) => _bytes[position] = (byte)' ';

    /// <summary>Gets a value indicating whether something was left out because it was too long.</summary>
    public bool IsShortened { get; private set; }

    /// <summary>Makes a string of what follows a position, which is no JSON, and records that it stands for something else.</summary>
    public void Quote(int position)
    {
        var odd = TakeBack(position);
        _losses.Add(Length);
        Append((byte)'"');
        foreach (var b in odd)
        {
            Append(b is < (byte)' ' or >= 0x7F or (byte)'\\' ? (byte)'?' : b);
        }

        Append((byte)'"');
    }

    /// <summary>Records that what follows the end of the output was too long.</summary>
    public void Shorten()
    {
        _losses.Add(Length);
        IsShortened = true;
    }

    /// <summary>Removes what follows a position, and returns it.</summary>
    public byte[] TakeBack(int position)
    {
        var removed = _bytes[position..Length];
        Length = position;
        return removed;
    }

    /// <summary>Returns whether a value of this JSON, or anything in it, is not as the platform sent it.</summary>
    public bool HasLoss(JsonElement value)
    {
        var (start, end) = RangeOf(value);
        var next = _losses.BinarySearch(start);
        next = next < 0 ? ~next : next;
        return next < _losses.Count && _losses[next] < end;
    }

    /// <summary>Returns whether a value stands for something that was not JSON.</summary>
    public bool IsSubstitute(JsonElement value) => _losses.BinarySearch(RangeOf(value).Start) >= 0;

    /// <summary>Returns whether the end of a value itself is missing, not only something in it.</summary>
    public bool IsCut(JsonElement value) => _losses.BinarySearch(RangeOf(value).End - 1) >= 0;

    private (int Start, int End) RangeOf(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        return Memory.Span.Overlaps(raw, out var start) ? (start, start + raw.Length) : (int.MaxValue, int.MinValue + 1);
    }
}
