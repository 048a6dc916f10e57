using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Vigil.Gateway;
using Vigil.Grains;
using Vigil.Grains.Delivery;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;
using Vigil.Platforms;
using Vigil.Storage;
using Vigil.Storage.Clustering;

namespace Vigil.Hosting;

/// <summary>A section of the configuration, beside those of Vigil's own parts, that may stand under <c>Vigil</c>.</summary>
/// <param name="Path">Its path, such as <c>Vigil:Dashboard</c>.</param>
/// <param name="Options">The type of the options that are read from it.</param>
public sealed record SettingsSection(string Path, Type Options);

/// <summary>Rejects unknown names in the whole section <c>Vigil</c>.</summary>
internal sealed class VigilSettings(IConfiguration configuration, IEnumerable<SettingsSection> others, IServiceProviderIsService services) : IValidateOptions<VigilSettings.Marker>
{
    private const string Root = "Vigil";

    internal static readonly SettingsSection[] Own =
    [
        new(VigilStoreOptions.SectionName, typeof(VigilStoreOptions)),
        new(ClusteringOptions.SectionName, typeof(ClusteringOptions)),
        new(PollingOptions.SectionName, typeof(PollingOptions)),
        new(RecoveryOptions.SectionName, typeof(RecoveryOptions)),
        new(DeliveryOptions.SectionName, typeof(DeliveryOptions)),
        new(StoppingOptions.SectionName, typeof(StoppingOptions)),
        new(HttpOptions.SectionName, typeof(HttpOptions)),

        // The entries of the list are checked where they are read.
        new($"{Root}:Connections", typeof(List<ConnectionOptions>)),
    ];

    public ValidateOptionsResult Validate(string? name, Marker options)
    {
        var sections = Own.Concat(others).ToDictionary(section => section.Path, section => section.Options, StringComparer.OrdinalIgnoreCase);
        string[] names = [.. sections.Keys.Select(path => path[(Root.Length + 1)..])];
        string[] errors =
        [
            .. configuration.GetSection(Root).GetChildren().SelectMany(child => sections.TryGetValue(child.Path, out var type)
                ? SettingNames.Errors(child, type)
                : [$"{child.Path} {SettingNames.Unknown(child.Key, names)}"]),
            .. IgnoredClustering(),
        ];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> IgnoredClustering() => configuration.GetSection(ClusteringOptions.SectionName).Exists() && !services.IsService(typeof(ClusterSchema))
        ? [$"{ClusteringOptions.SectionName} is set, but the silo has clustering of its own. Call silo.UseVigilClustering(configuration) in its place, or remove the section."]
        : [];

    /// <summary>Has the validation run at the start, together with that of all options.</summary>
    internal sealed class Marker;
}
