using System.ComponentModel.DataAnnotations;
using System.Net;
using Npgsql;
using Vigil.Storage;

namespace Vigil.Hosting;

/// <summary>How silos find each other.</summary>
public sealed class ClusteringOptions
{
    /// <summary>The configuration section; a silo is alone where there is none.</summary>
    public const string SectionName = "Vigil:Clustering";

    private const int MaxConnections = 4;

    /// <summary>Gets or sets the PostgreSQL database where they meet; the store's unless set.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the cluster: silos with the same one belong together.</summary>
    [Required]
    public string ClusterId { get; set; } = "vigil";

    /// <summary>Gets or sets the service, which outlives clusters.</summary>
    [Required]
    public string ServiceId { get; set; } = "vigil";

    /// <summary>Gets or sets the address at which other silos reach this one; one of this machine's unless set.</summary>
    public string? Address { get; set; }

    /// <summary>Gets or sets the port for other silos; 0 for any free one.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Gets or sets the port for clients of the cluster; 0 for any free one.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Gets what is wrong beyond what the attributes tell.</summary>
    /// <param name="store">How the store's database is reached; null where it is a file.</param>
    public IEnumerable<string> Errors(string? store)
    {
        if (store is null)
        {
            yield return $"{SectionName} is set, but Vigil:Store:ConnectionString is not: silos of a cluster share their store, and a file serves one process.";
        }

        if (Address is not null && !IPAddress.TryParse(Address, out _))
        {
            yield return $"{SectionName}:Address '{Address}' is not an IP address.";
        }

        if (ConnectionString is not null && VigilStoreOptions.ErrorOf($"{SectionName}:ConnectionString", ConnectionString) is { } error)
        {
            yield return error;
        }
    }

    /// <summary>Returns how the database is reached, with the schema where Orleans looks for its statements.</summary>
    /// <param name="store">How the store's database is reached.</param>
    public string Connection(string? store) => new NpgsqlConnectionStringBuilder(ConnectionString ?? store)
    {
        ApplicationName = "vigil cluster",
        SearchPath = "vigil_cluster",
        MaxPoolSize = MaxConnections,
    }.ToString();
}
