using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Vigil.Tests.Storage;

/// <summary>The silo's side of a host, without a silo.</summary>
internal sealed class SiloPart(HostApplicationBuilder host) : ISiloBuilder
{
    public IServiceCollection Services => host.Services;

    public IConfiguration Configuration => host.Configuration;
}
