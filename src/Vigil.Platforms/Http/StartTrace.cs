namespace Vigil.Platforms;

/// <summary>
/// What the response to a start tells of the run although it cannot be used: the beginning of its body and the path of its <c>Location</c>, so that people can
/// find the run and adopt it. Nothing of another response, which may contain secrets.
/// </summary>
internal sealed class StartTrace(PlatformRequest request, HttpResponseMessage response, Func<string, string> redact)
{
    private const int MaxText = 200;

    // Whole secrets are redacted before the text is cut, which could leave a part of one.
    private const int MaxRedactedBytes = 16 * 1024;

    private readonly string? _path = request.Operation == PlatformRequest.Start ? request.LocationIn(response)?.AbsolutePath : null;

    public string Redact(string text) => redact(text);

    /// <summary>Returns it as the end of a sentence; empty if there is nothing.</summary>
    public string Of(ReadOnlySpan<byte> body)
    {
        if (request.Operation != PlatformRequest.Start)
        {
            return "";
        }

        var text = redact(PlainText.Of(Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxRedactedBytes)])).Trim());
        return (text.Length == 0 ? "" : $"; it begins with: {PlainText.Cut(text, MaxText)}") + (_path is null ? "" : $"; its Location is {redact(PlainText.Of(_path))}");
    }
}
