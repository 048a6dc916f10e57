namespace Vigil.Gateway;

/// <summary>How the HTTP API is reached.</summary>
public sealed class HttpOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Vigil:Http";

    /// <summary>Gets or sets the addresses to listen on, separated by semicolons, as in <c>ASPNETCORE_URLS</c>, which they override.</summary>
    public string? Urls { get; set; }

    /// <summary>
    /// Gets the host names that callers use, for example through a proxy. Loopback names and the address that received the connection are always allowed.
    /// Other hosts are rejected, because a web page can make a name of its own resolve to this machine (DNS rebinding).
    /// </summary>
    public IList<string> AllowedHosts { get; init; } = [];

    /// <summary>Returns the errors of these options.</summary>
    internal IEnumerable<string> Errors() => AllowedHosts
        .Where(host => Uri.CheckHostName(host.Trim('[', ']')) is UriHostNameType.Unknown)
        .Select(host => $"{SectionName}:AllowedHosts '{host}' is not the name of a host; give names such as vigil.example, without a port.");
}
