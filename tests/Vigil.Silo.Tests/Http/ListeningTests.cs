using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vigil.Silo.Tests.Executable;
using Vigil.Testing;

namespace Vigil.Silo.Tests.Http;

/// <summary>Where the program listens, and that nothing opens it beyond this machine without being told to.</summary>
public sealed class ListeningTests
{
    [Theory]
    [InlineData("--listen 0.0.0.0", "", "http://0.0.0.0:5080")]
    [InlineData("--listen [::]:0 --listen 127.0.0.1", "", "http://[::]:0")]
    [InlineData("--listen vigil.example --port 0", "", "http://vigil.example:0")]
    [InlineData("", "Vigil__Http__Urls=http://127.0.0.1:0;http://*:0", "http://*:0")]
    [InlineData("", "ASPNETCORE_URLS=http://+:0", "http://+:0")]
    [InlineData("", "Kestrel__Endpoints__Back__Url=http://0.0.0.0:0", "http://0.0.0.0:0")]
    [InlineData("--port 0", "Kestrel__Endpoints__Back__Url=http://10.0.0.1:0", "http://10.0.0.1:0")]
    public async Task AddressBeyondLoopback_IsRefusedInOneLine(string arguments, string setting, string address)
    {
        var (code, lines) = await RefuseAsync(Split(arguments, ' '), Setting(setting));

        Assert.Equal(1, code);
        Assert.Equal(
            [$"Vigil cannot start: Listening on {address} would let anyone who can connect to it start, cancel and read executions, because Vigil does not authenticate callers. Listen on 127.0.0.1, or accept this with --insecure."],
            lines);
    }

    [Theory]
    [InlineData("--listen nonsense://x", "", "'nonsense://x' is not an address")]
    [InlineData("--port 0", "Vigil__Http__AllowedHosts__0=http://vigil.example", "Vigil:Http:AllowedHosts 'http://vigil.example' is not the name of a host")]
    [InlineData("", "Vigil__Http__Urls=https://127.0.0.1:0", "Unable to configure HTTPS endpoint.")]
    public async Task AddressThatCannotBeUsed_IsOneLine(string arguments, string setting, string expected)
    {
        var (code, lines) = await RefuseAsync(Split(arguments, ' '), Setting(setting));

        Assert.Equal(1, code);
        Assert.Contains(expected, Assert.Single(lines, line => line.StartsWith("Vigil cannot start: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "ASPNETCORE_URLS=http://127.0.0.1:{0}")]
    [InlineData("", "Vigil__Http__Urls=http://127.0.0.1:{0}")]
    [InlineData("", "Kestrel__Endpoints__Only__Url=http://127.0.0.1:{0}")]
    [InlineData("--listen 127.0.0.1:{0}", "Vigil__Http__Urls=http://127.0.0.1:1")]
    [InlineData("--port {0}", "ASPNETCORE_URLS=http://127.0.0.1:1")]
    public async Task AddressOnLoopback_IsListenedOn_AndNothingElseIs(string arguments, string setting)
    {
        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        await using var silo = await SiloExecutable.Start(
            Split(arguments.Replace("{0}", port, StringComparison.Ordinal), ' '), Setting(setting.Replace("{0}", port, StringComparison.Ordinal))).WhenListeningAsync();
        using var http = new HttpClient();

        using var health = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/healthz"));

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.All(await ListenersAsync(silo.Id), address => Assert.True(IPAddress.IsLoopback(address), $"It listens on {address}."));
    }

    [Fact]
    public async Task AddressBeyondLoopback_Insecure_IsListenedOnAndAnswersToItsOwnAddressAndNames()
    {
        await using var silo = await SiloExecutable.Start(["--listen", $"0.0.0.0:{Ports.Free()}", "--insecure"], ("Vigil__Http__AllowedHosts__0", "vigil.example")).WhenListeningAsync();
        var port = new Uri(silo.Address).Port;
        var own = (await Dns.GetHostAddressesAsync(Dns.GetHostName())).First(address => address.GetAddressBytes().Length == 4);
        using var http = new HttpClient();

        var statuses = new List<HttpStatusCode>();
        foreach (var (address, host) in new[] { (own, null), (own, "vigil.example"), (own, "evil.example"), (IPAddress.Loopback, $"{(IPAddress.IsLoopback(own) ? IPAddress.Any : own)}:{port}") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}:{port}/healthz");
            request.Headers.Host = host;
            using var response = await http.SendAsync(request);
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest], statuses);
    }

    [Fact]
    public async Task Https_WithKestrelsOwnConfiguration_IsAnswered()
    {
        var folder = Directory.CreateTempSubdirectory("vigil-https-");
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var file = Path.Combine(folder.FullName, "vigil.pfx");
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pfx, "secret"));
        await using var silo = await SiloExecutable.Start(
            ["--listen", $"https://127.0.0.1:{Ports.Free()}"], ("Kestrel__Certificates__Default__Path", file), ("Kestrel__Certificates__Default__Password", "secret")).WhenListeningAsync();
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new() { RemoteCertificateValidationCallback = (_, shown, _, errors) => errors != SslPolicyErrors.None && shown?.GetCertHashString() == certificate.GetCertHashString() },
        };
        using var http = new HttpClient(handler);

        using var health = await http.GetAsync(new Uri($"{silo.Address}/healthz"));

        Assert.Equal((HttpStatusCode.OK, "https"), (health.StatusCode, new Uri(silo.Address).Scheme));
        folder.Delete(recursive: true);
    }

    private static async Task<(int Code, string[] Lines)> RefuseAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var silo = SiloExecutable.Start(arguments, environment);
        return (await silo.ExitAsync(), silo.Lines);
    }

    // The system knows what a process listens on, Orleans' own ports included.
    private static async Task<IPAddress[]> ListenersAsync(int process)
    {
        var sockets = Directory.GetFiles($"/proc/{process}/fd").Select(file => new FileInfo(file).LinkTarget).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var listeners = new List<IPAddress>();
        foreach (var table in new[] { "tcp", "tcp6" })
        {
            var rows = (await File.ReadAllLinesAsync($"/proc/{process}/net/{table}")).Skip(1).Select(line => Split(line, ' '));
            listeners.AddRange(rows.Where(row => row[3] == "0A" && sockets.Contains($"socket:[{row[9]}]")).Select(row => AddressOf(row[1].Split(':')[0])));
        }

        Assert.InRange(listeners.Count, 3, 10);
        return [.. listeners];
    }

    // The words of an address are written in the machine's own order of bytes.
    private static IPAddress AddressOf(string hexadecimal) => new([.. hexadecimal.Chunk(8).SelectMany(word => Convert.FromHexString(word).Reverse())]);

    private static (string, string)[] Setting(string setting) => setting.Split('=', 2) is [var name, var value] ? [(name, value)] : [];

    private static string[] Split(string text, char separator) => text.Split(separator, StringSplitOptions.RemoveEmptyEntries);
}
