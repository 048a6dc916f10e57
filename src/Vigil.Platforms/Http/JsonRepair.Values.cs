using System.Buffers;
using System.Text.RegularExpressions;

namespace Vigil.Platforms;

/// <content>Names and values.</content>
internal sealed partial class JsonRepair
{
    private static readonly SearchValues<byte> EndsOfTokens = SearchValues.Create(" \t\r\n,:]}[{\"(/\0"u8);

    private static readonly SearchValues<byte> BareNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.-"u8);

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
        else
        {
            EndName();
        }

        return taken;
    }

    private int TakeNameToken(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAnyExcept(BareNames);
        _text.AppendToken(end < 0 ? bytes : bytes[..end]);
        if (end >= 0)
        {
            EndName();
        }

        return end < 0 ? bytes.Length : end;
    }

    private void EndName()
    {
        if (_text.IsCut || Room < MinRoom / 2)
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
        _token = _start;
        return end;
    }

    /// <summary>Leaves out what follows the first word of an expression; what is kept of it stands for something else.</summary>
    private int SkipRestOfValue()
    {
        if (_output.Memory.Span[_token] != (byte)'"')
        {
            _output.Quote(_token);
        }

        _skipping = new SkippedJson(SkippedPart.RestOfValue);
        _expected = Expected.Skipped;
        return 0;
    }

    private int TakeComment(ReadOnlySpan<byte> bytes)
    {
        var taken = _comment!.Take(bytes, out var hasEnded, out var isNone);
        if (hasEnded || isNone)
        {
            _comment = null;
        }

        return !isNone ? taken : _expected == Expected.CommaOrEnd && _token >= 0 ? SkipRestOfValue() : Break();
    }

    private int TakeSkipped(ReadOnlySpan<byte> bytes)
    {
        var taken = _skipping!.Take(bytes, out var hasEnded);
        if (hasEnded && _skipping.Part == SkippedPart.RestOfContainer)
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
        _skipping = new SkippedJson(SkippedPart.RestOfContainer);
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
