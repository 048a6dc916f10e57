using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Vigil.Silo.Tests.Postgres;

/// <summary>Silos that know each other by certificates of their own authority.</summary>
public sealed class ClusterTlsTests : PostgresSilos, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vigil-tls-");
    private readonly Authority _own = new();
    private readonly Authority _foreign = new();

    public ClusterTlsTests(Servers servers)
        : base(servers) => _own.WriteTo(_folder.FullName);

    public void Dispose()
    {
        _own.Dispose();
        _foreign.Dispose();
        _folder.Delete(recursive: true);
    }

    [PostgresFact]
    public async Task Silos_WithCertificates_WorkTogetherAndLetNobodyElseIn()
    {
        var first = await StartAsync();
        var second = await StartAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => StartExecutionAsync(n % 2 == 0 ? first : second)));

        Assert.All(await Task.WhenAll(ids.Select((id, n) => WaitAsync(n % 2 == 0 ? second : first, id))), status => Assert.Equal("succeeded", status));

        Assert.True(System.Net.IPAddress.IsLoopback(first.ClusterGateway.Address));
        using var stranger = _foreign.Issue();
        Assert.True(await IsRefusedAsync(first, null));
        Assert.True(await IsRefusedAsync(first, stranger));
    }

    [Theory]
    [InlineData("Key", "missing.pem", "Vigil:Clustering:Tls:Key")]
    [InlineData("Key", "ca.pem", "the certificates cannot be used")]
    [InlineData("Authority", "key.pem", "has no certificate")]
    public async Task Certificates_ThatCannotBeUsed_AreAStartErrorThatSaysSo(string field, string file, string expected)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            ("Vigil:Store:ConnectionString", "Host=127.0.0.1"), ($"Vigil:Clustering:Tls:{field}", Path.Combine(_folder.FullName, file))));

        Assert.Contains(expected, Assert.Single(StartError.Explain(error)), StringComparison.Ordinal);
    }

    private Task<RunningSilo> StartAsync(params (string, string?)[] settings) => StartSiloAsync(
    [
        ("Vigil:Clustering:SiloPort", "0"),
        ("Vigil:Clustering:GatewayPort", "0"),
        ("Vigil:Clustering:Tls:Certificate", Path.Combine(_folder.FullName, "certificate.pem")),
        ("Vigil:Clustering:Tls:Key", Path.Combine(_folder.FullName, "key.pem")),
        ("Vigil:Clustering:Tls:Authority", Path.Combine(_folder.FullName, "ca.pem")),
        .. settings,
    ]);

    private static async Task<bool> IsRefusedAsync(RunningSilo silo, X509Certificate2? certificate)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(silo.ClusterGateway);

        // It looks only at whether it gets in, and so takes the silo for what it is.
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "vigil", ClientCertificates = certificate is null ? [] : [certificate] });
            return await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromMinutes(5)) == 0;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return true;
        }
    }

    private sealed class Authority : IDisposable
    {
        private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddDays(-1);
        private readonly X509Certificate2 _certificate;

        public Authority()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=Vigil test authority", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
            _certificate = request.CreateSelfSigned(_from, _from.AddDays(3));
        }

        public X509Certificate2 Issue()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var issued = new CertificateRequest("CN=vigil", key, HashAlgorithmName.SHA256).Create(_certificate, _from, _from.AddDays(2), RandomNumberGenerator.GetBytes(8));
            return issued.CopyWithPrivateKey(key);
        }

        public void WriteTo(string folder)
        {
            using var issued = Issue();
            using var key = issued.GetECDsaPrivateKey()!;
            File.WriteAllText(Path.Combine(folder, "ca.pem"), _certificate.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, "certificate.pem"), issued.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        }

        public void Dispose() => _certificate.Dispose();
    }
}
