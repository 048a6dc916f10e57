using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Vigil.Hosting;

/// <summary>
/// TLS between silos, and between silos and the cluster's Orleans clients. Both sides present a certificate, which must be issued by the cluster's own
/// authority: nothing else that can connect to a silo's port can call it.
/// </summary>
public sealed class SiloTlsOptions
{
    private const string Section = ClusteringOptions.SectionName + ":" + nameof(ClusteringOptions.Tls);

    /// <summary>Gets or sets the PEM file with this silo's certificate and its intermediate certificates.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>Gets or sets the PEM file with the certificate's key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Gets or sets the PEM file with the authority's certificate.</summary>
    public string Authority { get; set; } = "";

    internal IEnumerable<string> Errors()
    {
        foreach (var (name, file) in new[] { (nameof(Certificate), Certificate), (nameof(Key), Key), (nameof(Authority), Authority) })
        {
            if (!File.Exists(file))
            {
                yield return $"{Section}:{name} '{file}' is not a file; Certificate, Key and Authority are all needed, as PEM.";
            }
        }

        if (File.Exists(Certificate) && File.Exists(Key) && File.Exists(Authority) && WhyUnusable() is { } reason)
        {
            yield return $"{Section}: the certificates cannot be used: {reason}";
        }
    }

    internal void Configure(TlsOptions tls)
    {
        var authority = Read(Authority);
        var intermediates = Read(Certificate);
        tls.LocalCertificate = X509Certificate2.CreateFromPemFile(Certificate, Key);
        tls.RemoteCertificateMode = tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (certificate, presented, _) => IsIssuedBy(authority, certificate, [.. presented?.ChainElements.Select(element => element.Certificate) ?? [], .. intermediates]);

        // Silos are identified by their authority, not by a host name.
        tls.OnAuthenticateAsClient = (_, options) => options.TargetHost = "vigil";
    }

    private static bool IsIssuedBy(X509Certificate2Collection authority, X509Certificate2 certificate, X509Certificate2[] intermediates)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static X509Certificate2Collection Read(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates;
    }

    private string? WhyUnusable()
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(Certificate, Key);
            return Read(Authority).Count > 0 ? null : $"'{Authority}' has no certificate.";
        }
        catch (CryptographicException e)
        {
            return e.Message;
        }
    }
}
