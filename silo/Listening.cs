using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Vigil.Gateway;

namespace Vigil.Silo;

/// <summary>
/// Where the API listens: as the command line says, else as <c>Vigil:Http:Urls</c>, <c>ASPNETCORE_URLS</c> or Kestrel's own configuration, else on
/// loopback. A caller can start, cancel and read everything, so other addresses than loopback need <c>--insecure</c>.
/// </summary>
internal static class Listening
{
    private const string DefaultUrl = "http://127.0.0.1:5080";
    private const string Endpoints = "Kestrel:Endpoints";

    // Kestrel answers what is larger than its limits with an empty body, so the gateway's own limits, which are the usual ones, come first.
    private const int MaxHeadBytes = 512 * 1024;
    private const int MaxHeaders = 2000;

    public static void ConfigureListening(this WebApplicationBuilder builder, SiloOptions options)
    {
        var urls = options.Urls.Count > 0 ? string.Join(';', options.Urls) : builder.Configuration[$"{HttpOptions.SectionName}:{nameof(HttpOptions.Urls)}"];
        if (urls is not null)
        {
            builder.WebHost.UseUrls(urls).PreferHostingUrls(true);
        }
        else if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]) && !builder.Configuration.GetSection(Endpoints).Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        var configured = builder.Configuration.GetSection(Endpoints).GetChildren().Select(endpoint => endpoint["Url"] ?? "")
            .Concat(builder.Configuration[WebHostDefaults.ServerUrlsKey]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []).ToArray();
        builder.Services.AddSingleton<IValidateOptions<HttpOptions>>(new Validator(configured, options.Insecure));
        builder.Services.Configure<HttpOptions>(http => Array.ForEach([.. configured.Select(HostOf).OfType<string>()], http.AllowedHosts.Add));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestLineSize = kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeadBytes;
            kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;

            // The validator sees what is configured at the start; this sees every address before it is opened, also one that is configured later.
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                if (!options.Insecure && !IsLocal(endpoint.EndPoint))
                {
                    throw new InvalidDataException(Refusal(endpoint.EndPoint.ToString()));
                }
            });
        });
    }

    /// <summary>Completes what <c>--listen</c> was given, an address with or without scheme and port.</summary>
    public static string UrlOf(string address, int? port)
    {
        if (address.Contains("://", StringComparison.Ordinal))
        {
            return address;
        }

        var hasPort = address.Contains("]:", StringComparison.Ordinal) || address.Count(c => c == ':') == 1;
        var host = IPAddress.TryParse(address, out var ip) && ip.AddressFamily is AddressFamily.InterNetworkV6 ? $"[{ip}]" : address;
        return hasPort ? $"http://{address}" : $"http://{host}:{port ?? new Uri(DefaultUrl).Port}";
    }

    /// <summary>Returns an address at which this machine reaches what listens there.</summary>
    public static string Reachable(string url) =>
        url.Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);

    private static bool IsLocal(EndPoint endpoint) => endpoint is UnixDomainSocketEndPoint or NamedPipeEndPoint || (endpoint is IPEndPoint ip && IPAddress.IsLoopback(ip.Address));

    // Kestrel takes a name other than localhost for every address of the machine.
    private static bool IsLocal(BindingAddress address) =>
        address.IsUnixPipe || address.IsNamedPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // A name in an address to listen on is one by which callers reach it.
    private static string? HostOf(string url) =>
        Parse(url) is { IsUnixPipe: false, IsNamedPipe: false } address && Uri.CheckHostName(address.Host) is UriHostNameType.Dns ? address.Host : null;

    private static string Refusal(string? address) =>
        $"Listening on {address} lets everybody who reaches it start, cancel and read executions, since no API keys are configured. Listen on 127.0.0.1, or accept that with --insecure.";

    private sealed class Validator(IEnumerable<string> urls, bool insecure) : IValidateOptions<HttpOptions>
    {
        public ValidateOptionsResult Validate(string? name, HttpOptions options)
        {
            string[] errors = [.. urls.Select(Error).OfType<string>()];
            return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
        }

        private string? Error(string url) => Parse(url) switch
        {
            null or { Scheme: not ("http" or "https") } => $"'{url}' is not an address to listen on; give one such as {DefaultUrl}.",
            var address => insecure || IsLocal(address) ? null : Refusal(url),
        };
    }
}
