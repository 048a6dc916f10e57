namespace Vigil.Platforms;

/// <summary>Builds addresses below a connection's base address from untrusted ids.</summary>
public static class RemotePath
{
    /// <summary>Returns whether an id can be used in a path. <c>.</c> and <c>..</c> would change the path even if escaped.</summary>
    public static bool IsValidId(string id) => id.Length is > 0 and <= RequestLimits.MaxRemoteIdLength && id is not ("." or "..") && PlainText.IsPlain(id);

    /// <summary>Returns the address of a path, with its arguments escaped.</summary>
    public static Uri Build(Uri baseAddress, FormattableString path)
    {
        var arguments = path.GetArguments().Select(argument => Uri.EscapeDataString(Convert.ToString(argument, CultureInfo.InvariantCulture)!)).ToArray<object>();
        var root = baseAddress.AbsoluteUri.TrimEnd('/');
        return new Uri($"{root}/{string.Format(CultureInfo.InvariantCulture, path.Format, arguments)}");
    }
}
