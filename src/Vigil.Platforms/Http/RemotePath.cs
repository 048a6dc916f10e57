namespace Vigil.Platforms;

/// <summary>Builds addresses below a connection's base address from untrusted ids.</summary>
internal static class RemotePath
{
    /// <summary>
    /// Returns whether an id can be used in a path. An id of dots would lead to another path, escaped or not, so it cannot be an id of a run.
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
