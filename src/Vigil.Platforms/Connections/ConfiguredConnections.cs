using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Vigil.Platforms;

/// <summary>The configured connections, with the errors found while reading them.</summary>
internal sealed class ConfiguredConnections
{
    public const string SectionName = "Vigil:Connections";

    public List<ConnectionOptions> Connections { get; } = [];

    public List<string> Errors { get; } = [];

    /// <summary>Gets the configuration paths of connections; those added in code have none.</summary>
    public Dictionary<ConnectionOptions, string> Paths { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Returns where an operator can find a connection.</summary>
    public string PlaceOf(ConnectionOptions connection) => Paths.GetValueOrDefault(connection, "A connection added in code");
}

/// <summary>Reads the list from configuration.</summary>
internal sealed class ReadConnections(IConfiguration? configuration = null) : IConfigureOptions<ConfiguredConnections>
{
    public void Configure(ConfiguredConnections options)
    {
        foreach (var section in configuration?.GetSection(ConfiguredConnections.SectionName).GetChildren() ?? [])
        {
            var connection = ConnectionReader.Read(section, options.Errors);
            options.Connections.Add(connection);
            options.Paths.Add(connection, section.Path);
        }
    }
}
