using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Vigil.Simulator;

/// <summary>The list of platforms. A platform is served below its name and at the root, where its own clients expect it.</summary>
internal static class PlatformRoutes
{
    /// <summary>Returns all platforms.</summary>
    public static IReadOnlyList<SimulatedPlatform> Of(SimulatedPlatforms world, Manifest.RunPushes? pushes = null) =>
    [
        new Agentic.SimulatedAgentic(world),
        new GloriaMundo.SimulatedGloriaMundo(world),
        new Moderately.SimulatedModerately(world),
        new Cognite.SimulatedCognite(world),
        new Manifest.SimulatedManifest(world, pushes),
    ];

    /// <summary>Maps the routes of platforms.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, SimulatedPlatforms world, IEnumerable<SimulatedPlatform> platforms)
    {
        var server = new SimulatedServer(world);
        foreach (var platform in platforms)
        {
            world.Serve(platform);
            foreach (var route in platform.Routes)
            {
                endpoints.MapMethods(route.Pattern, [route.Method], context => server.ServeAsync(platform, route, context));
                endpoints.MapMethods($"/{platform.Name}{route.Pattern}", [route.Method], context => server.ServeAsync(platform, route, context));
            }
        }
    }
}
