using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Vigil.Testing;

/// <summary>The builder of a silo that is never built: what is added to it can be looked at.</summary>
internal sealed class BareSilo : ISiloBuilder
{
    public BareSilo(Dictionary<string, string?> settings)
    {
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        Services.AddSingleton(Configuration);
        Services.AddLogging();
    }

    public IServiceCollection Services { get; } = new ServiceCollection();

    public IConfiguration Configuration { get; }
}
