using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Vigil.Platforms;

/// <summary>What the configuration says of connections, with what could not be read of it.</summary>
internal sealed class ConfiguredConnections
{
    public const string SectionName = "Vigil:Connections";

    public List<ConnectionOptions> Connections { get; } = [];

    public List<string> Errors { get; } = [];
}

/// <summary>Reads the list from configuration.</summary>
internal sealed class ReadConnections(IConfiguration? configuration = null) : IConfigureOptions<ConfiguredConnections>
{
    public void Configure(ConfiguredConnections options)
    {
        foreach (var section in configuration?.GetSection(ConfiguredConnections.SectionName).GetChildren() ?? [])
        {
            options.Connections.Add(ConnectionReader.Read(section, options.Errors));
        }
    }
}
