namespace Vigil.Platforms;

/// <summary>Builds addresses below a connection's base address from ids that others chose.</summary>
internal static class RemotePath
{
    /// <summary>
    /// Tells whether an id can stand in a path. A path of dots would lead elsewhere, escaped or not; such an id names nothing.
    /// </summary>
    public static bool CanHold(string id) => id.Length is > 0 and <= RequestLimits.MaxRemoteIdLength && id is not ("." or "..") && !id.Any(char.IsControl);

    /// <summary>Returns the address of a path whose ids are escaped.</summary>
    public static Uri Below(Uri baseAddress, FormattableString path)
    {
        var ids = path.GetArguments().Select(id => Uri.EscapeDataString((string)id!)).ToArray<object>();
        var root = baseAddress.AbsoluteUri.TrimEnd('/');
        return new Uri($"{root}/{string.Format(System.Globalization.CultureInfo.InvariantCulture, path.Format, ids)}");
    }
}
