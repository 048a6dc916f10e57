using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Vigil.Platforms;

/// <summary>What the configuration says of connections, with what could not be read of it.</summary>
internal sealed class ConfiguredConnections
{
    public const string SectionName = "Vigil:Connections";

    public List<ConnectionOptions> Connections { get; } = [];

    public List<string> Errors { get; } = [];

    /// <summary>Gets where connections stand in the configuration; those that were added by code stand nowhere.</summary>
    public Dictionary<ConnectionOptions, string> Paths { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Returns where an operator finds a connection.</summary>
    public string PlaceOf(ConnectionOptions connection) => Paths.GetValueOrDefault(connection, "A connection added by code");
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
