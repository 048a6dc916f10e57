using System.ComponentModel.DataAnnotations;
using System.Net;
using Npgsql;
using Vigil.Storage;

namespace Vigil.Hosting;

/// <summary>Configures the cluster that a silo joins.</summary>
public sealed class ClusteringOptions
{
    /// <summary>The configuration section. Without it a silo runs alone.</summary>
    public const string SectionName = "Vigil:Clustering";

    private const int MaxConnections = 4;

    /// <summary>Gets or sets the PostgreSQL database that holds the cluster's membership. Default: the store's database.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the cluster's id: silos with the same id form one cluster. Default: <c>vigil</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "vigil";

    /// <summary>Gets or sets the id of the service, which stays the same across clusters. Default: <c>vigil</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "vigil";

    /// <summary>Gets or sets the IP address of this machine at which other silos and clients reach this one. Default: 127.0.0.1, for silos on one machine.</summary>
    public string? Address { get; set; }

    /// <summary>Gets or sets the certificates for TLS between silos and clients; null for connections without TLS.</summary>
    public SiloTlsOptions? Tls { get; set; }

    /// <summary>Gets or sets the port for other silos; 0 for any free port. Default: 11111.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Gets or sets the port for clients of the cluster; 0 for any free port. Default: 30000.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Returns the validation errors that the attributes do not cover.</summary>
    /// <param name="store">The connection string of the store's database; null if the store is a file.</param>
    internal IEnumerable<string> Errors(string? store)
    {
        if (store is null)
        {
            yield return $"{SectionName} is set, but Vigil:Store:ConnectionString is not: the silos of a cluster share one database, but only one process can use a file.";
        }

        if (Address is not null && !IPAddress.TryParse(Address, out _))
        {
            yield return $"{SectionName}:Address '{Address}' is not an IP address.";
        }

        foreach (var wrong in Tls?.Errors() ?? [])
        {
            yield return wrong;
        }

        if (ConnectionString is not null && VigilStoreOptions.ErrorOf($"{SectionName}:ConnectionString", ConnectionString) is { } error)
        {
            yield return error;
        }
    }

    /// <summary>Returns the connection string of the membership database, with the schema of Orleans' tables and queries as its search path.</summary>
    /// <param name="store">The connection string of the store's database.</param>
    internal string Connection(string? store) => new NpgsqlConnectionStringBuilder(ConnectionString ?? store)
    {
        ApplicationName = "vigil cluster",
        SearchPath = "vigil_cluster",
        MaxPoolSize = MaxConnections,
    }.ToString();
}
