using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigil.Kill;

/// <summary>Mutants of a silo as a whole.</summary>
internal static class SiloMutants
{
    private const int TooMany = 20_000;

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("always ready", "readiness is honest") { Says = "told to stop", IsGlobal = true, Answer = (context, next) => IsReadiness(context) ? ApiMutants.Refuse(context, StatusCodes.Status200OK) : next() },
        new("never ready", "readiness is honest") { Says = "silo 0 said 503", IsGlobal = true, Answer = NeverReady() },
        new("chatters", "log is bounded")
        {
            Says = " lines in ",
            IsGlobal = true,
            Besides = services =>
            {
                var logger = Unbounded(services);
                for (var line = 0; line < TooMany; line++)
                {
                    logger.LogWarning("The store is gone");
                }

                return Task.CompletedTask;
            },
        },
        new("says it all", "log is bounded")
        {
            Says = "a line of",
            IsGlobal = true,
            Besides = services =>
            {
                Unbounded(services).LogWarning("It failed: {Everything}", new string('x', 10_000));
                return Task.CompletedTask;
            },
        },
        new("quits", "silos stay")
        {
            IsGlobal = true,
            Besides = async services =>
            {
                await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
                services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            },
        },
    ];

    // Ready for once, and then never again.
    private static Func<HttpContext, Func<Task>, Task> NeverReady()
    {
        var asked = 0;
        return (context, next) => IsReadiness(context) && Interlocked.Increment(ref asked) > 4 ? ApiMutants.Refuse(context, StatusCodes.Status503ServiceUnavailable) : next();
    }

    // A silo bounds what Vigil and Orleans log; this is neither.
    private static ILogger Unbounded(IServiceProvider services) => services.GetRequiredService<ILoggerFactory>().CreateLogger("Mutant");

    private static bool IsReadiness(HttpContext context) => context.Request.Path == "/readyz";
}
