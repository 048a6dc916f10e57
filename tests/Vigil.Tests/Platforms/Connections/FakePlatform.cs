using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Vigil.Platforms;

namespace Vigil.Tests.Platforms.Connections;

/// <summary>A platform that knows one setting and whose connections tell their capabilities and nothing else.</summary>
internal sealed class FakePlatform : IPlatform
{
    public string Name => "fake";

    public IReadOnlyList<string> TargetKinds => ["workflow"];

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
        foreach (var key in connection.Settings.Keys.Where(key => key != "tenant"))
        {
            errors.Add($"setting {key} is unknown; known is tenant.");
        }
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) => new FakeConnection();
}

internal static class FakePlatformRegistration
{
    public static void RemoveAllPlatforms(this IServiceCollection services) => services.RemoveAll<IPlatform>();
}
