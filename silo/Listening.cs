using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Vigil.Gateway;
using Vigil.Hosting;

namespace Vigil.Silo;

/// <summary>
/// Configures where the API listens: the command line's addresses, else <c>Vigil:Http:Urls</c>, else Kestrel's own configuration or <c>ASPNETCORE_URLS</c>, else
/// loopback. A caller can start, cancel and read everything, so addresses other than loopback need <c>--insecure</c>.
/// </summary>
internal static class Listening
{
    private const string DefaultUrl = "http://127.0.0.1:5080";
    private const string Endpoints = "Kestrel:Endpoints";

    // Kestrel rejects requests above its limits with an empty body. These are higher than the gateway's limits, so that the gateway can reject with a problem document.
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

        var configured = UrlsOf(builder.Configuration);
        builder.Services.AddSingleton<IValidateOptions<HttpOptions>>(new Validator(configured, options.Insecure));
        builder.Services.Configure<HttpOptions>(http => Array.ForEach([.. configured.Select(HostOf).OfType<string>()], http.AllowedHosts.Add));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestLineSize = kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeadBytes;
            kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;

            // The validator reports configured addresses before anything starts. This runs for every address before it is opened, including those of a reloaded configuration.
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                if (!options.Insecure && !IsLocal(endpoint.EndPoint))
                {
                    throw new InvalidDataException(Refusal(endpoint.EndPoint.ToString()));
                }
            });
        });
    }

    /// <summary>Fails if another program listens on one of the addresses: a silo must not join its cluster before it fails.</summary>
    public static void RequireFree(IConfiguration configuration)
    {
        foreach (var address in UrlsOf(configuration).Select(Parse).OfType<BindingAddress>().Where(address => !address.IsUnixPipe && !address.IsNamedPipe))
        {
            var host = IPAddress.TryParse(address.Host, out var ip) ? ip : IsLocal(address) ? IPAddress.Loopback : IPAddress.Any;
            ListeningPort.RequireFree(new(host, address.Port), "--port");
        }
    }

    /// <summary>Returns the URL of an address that may lack its scheme or port.</summary>
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

    /// <summary>Replaces a wildcard address by one to which clients on this machine can connect.</summary>
    public static string Reachable(string url) =>
        url.Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);

    private static string[] UrlsOf(IConfiguration configuration) =>
    [
        .. configuration.GetSection(Endpoints).GetChildren().Select(endpoint => endpoint["Url"] ?? ""),
        .. configuration[WebHostDefaults.ServerUrlsKey]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
    ];

    private static bool IsLocal(EndPoint endpoint) => endpoint is UnixDomainSocketEndPoint or NamedPipeEndPoint || (endpoint is IPEndPoint ip && IPAddress.IsLoopback(ip.Address));

    // For a host name other than localhost, Kestrel listens on all addresses of the machine.
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

    // A host name in a configured address is one that callers use.
    private static string? HostOf(string url) =>
        Parse(url) is { IsUnixPipe: false, IsNamedPipe: false } address && Uri.CheckHostName(address.Host) is UriHostNameType.Dns ? address.Host : null;

    private static string Refusal(string? address) =>
        $"Listening on {address} would let anyone who can connect to it start, cancel and read executions, because Vigil does not authenticate callers. Listen on 127.0.0.1, or accept this with --insecure.";

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
