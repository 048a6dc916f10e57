using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vigil.Client;

namespace Vigil.Gateway.Tests.Client;

/// <summary>The client over Orleans, in a host that has an Orleans client of the cluster and nothing else of Vigil.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class OrleansClientTests(VigilApp app) : ClientConformance(app), IAsyncLifetime
{
    private IHost? _host;

    protected override IVigilClient Client => _host!.Services.GetRequiredService<IVigilClient>();

    public async Task InitializeAsync()
    {
        _host = Host.CreateDefaultBuilder()
            .UseOrleansClient(client => client.UseStaticClustering(App.Silo.ClusterGateway))
            .ConfigureServices(services => services.AddVigilClient())
            .Build();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }
}
