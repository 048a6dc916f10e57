using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Vigil.Platforms;

/// <summary>The configured connections, with the errors found while reading them.</summary>
internal sealed class ConfiguredConnections
{
    public const string SectionName = "Vigil:Connections";

    public List<ConnectionOptions> Connections { get; } = [];

    public List<string> Errors { get; } = [];

    // Connections added in code have no path.
    public Dictionary<ConnectionOptions, string> Paths { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Returns where a connection is configured, for error messages.</summary>
    public string LocationOf(ConnectionOptions connection) => Paths.GetValueOrDefault(connection, "A connection added in code");
}

internal sealed class ConfigureConnections(IConfiguration? configuration = null) : IConfigureOptions<ConfiguredConnections>
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
