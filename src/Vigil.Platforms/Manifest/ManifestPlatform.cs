using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigil.Platforms.Manifest;

/// <summary>The Manifest Platform: workflows, agents and code blocks over REST, with hints over NATS.</summary>
internal sealed class ManifestPlatform(IEnumerable<ITokenRefreshHandler> refreshHandlers, ILoggerFactory? loggers = null) : IPlatform
{
    public string Name => "manifest";

    public IReadOnlyList<string> TargetKinds { get; } = [.. ManifestSettings.Kinds.Select(kind => kind.Name)];

    public void Validate(ConnectionOptions connection, ICollection<string> errors) => ManifestSettings.Validate(connection, errors);

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) =>
        new ManifestConnection(connection, http, time, TargetKinds, [.. refreshHandlers], loggers ?? NullLoggerFactory.Instance);
}
