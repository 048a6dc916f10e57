using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.CodeGeneration;

namespace Vigil.Gateway.Tests.Client;

/// <summary>The client over Orleans, in a host that has an Orleans client of the cluster and nothing else of Vigil.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class OrleansClientTests(VigilApp app) : ClientConformance(app), IAsyncLifetime
{
    private const string Later = """{"note":"späte","b":{"y":[1,2],"x":null},"a":1}""";
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

    /// <summary>Otherwise the grain's id decides on the gateway, and a call that is repeated because that gateway is frozen goes there again.</summary>
    [Fact]
    public async Task EveryCall_GoesOverTheNextGateway()
    {
        var calls = new ConcurrentBag<(string Call, bool IsUnordered)>();
        using var host = Host.CreateDefaultBuilder()
            .UseOrleansClient(client => client.UseStaticClustering(App.Silo.ClusterGateway).AddOutgoingGrainCallFilter(call =>
            {
                if (call.InterfaceMethod.DeclaringType!.Assembly == typeof(IQueryGrain).Assembly)
                {
                    calls.Add(($"{call.InterfaceName}.{call.MethodName}", ((RequestBase)call.Request).Options.HasFlag(InvokeMethodOptions.Unordered)));
                }

                return call.Invoke();
            }))
            .ConfigureServices(services => services.AddVigilClient())
            .Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<IVigilClient>();

        var handle = await client.StartAsync(new() { Connection = "gloriamundo", Target = new("workflow", "ok-5s") });
        await handle.WaitAsync();
        await client.ListConnectionsAsync();
        await host.StopAsync();

        Assert.NotEmpty(calls);
        Assert.DoesNotContain(calls, call => !call.IsUnordered);
    }

    /// <summary>Whoever sends a request, in whatever order it writes it, the grain compares it.</summary>
    [Fact]
    public async Task Start_ByGrainCallAndOverHttp_IsOneRequest()
    {
        var key = VigilApp.NewKey();
        var request = new StartExecution
        {
            Connection = "gloriamundo",
            Target = new("workflow", "ok-5s"),
            Input = """{ "a": 1, "b": {"x": null, "y": [1, 2]}, "note": "sp\u00e4te" }""",
            Metadata = ImmutableDictionary<string, string>.Empty.Add("team", "blue").Add("order", "7"),
        };
        var first = await _host!.Services.GetRequiredService<IClusterClient>().GetGrain<IExecutionGrain>(key).StartAsync(request);

        var (again, _) = await App.PostAsync("/v1/executions", $$"""
            {"key":"{{key}}","input":{{Later}},"deadline_seconds":86400,"metadata":{"order":"7","team":"blue"},"target":{"id":"ok-5s","kind":"workflow"},"connection":"gloriamundo"}
            """);
        var (other, _) = await App.PostAsync("/v1/executions", $$"""
            {"key":"{{key}}","input":{{Later}},"deadline_seconds":86401,"metadata":{"order":"7","team":"blue"},"target":{"id":"ok-5s","kind":"workflow"},"connection":"gloriamundo"}
            """);

        Assert.Equal((true, HttpStatusCode.OK, HttpStatusCode.Conflict), (first.Created, again, other));
        Assert.Equal(key, (await Client.StartAsync(request, key)).Id);
    }

    [Fact]
    public async Task NoSiloIsUp_TheHostDoesNotStart_AndNamesWhatWasTried()
    {
        var gateway = new IPEndPoint(IPAddress.Loopback, 1);

        var unavailable = await StartAsync(client => client.UseStaticClustering(gateway));

        Assert.Contains("tried: 127.0.0.1:1", unavailable.Message, StringComparison.Ordinal);
    }

    /// <summary>Orleans then knows no grains, as if the silos had another version.</summary>
    [Fact]
    public async Task HostDidNotStart_CallsSayThatNoSiloAnswered()
    {
        using var host = Unconnected(client => client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, 1)));
        await Assert.ThrowsAsync<VigilUnavailableException>(() => host.StartAsync());

        var unavailable = await Assert.ThrowsAsync<VigilUnavailableException>(() => host.Services.GetRequiredService<IVigilClient>().GetAsync("some-id"));

        Assert.Contains("tried: 127.0.0.1:1", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoSiloIsListed_TheClusterIsNamed()
    {
        var unavailable = await StartAsync(client => client
            .UseStaticClustering()
            .Configure<Orleans.Configuration.ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("prodution", "vigil")));

        Assert.Contains("lists none of ClusterId 'prodution' and ServiceId 'vigil'", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MembershipCannotBeRead_ItsHostIsNamed_AndNotItsPassword()
    {
        var unavailable = await StartAsync(client => client.UseAdoNetClustering(options =>
            (options.Invariant, options.ConnectionString) = ("Npgsql", "Host=127.0.0.1;Port=1;Username=u;Password=not-to-be-told;Database=d")));

        Assert.Contains("127.0.0.1:1", unavailable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Object reference", unavailable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-told", unavailable.ToString(), StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }

    private static async Task<VigilUnavailableException> StartAsync(Action<IClientBuilder> clustering)
    {
        using var host = Unconnected(clustering);
        return await Assert.ThrowsAsync<VigilUnavailableException>(() => host.StartAsync());
    }

    private static IHost Unconnected(Action<IClientBuilder> clustering) => Host.CreateDefaultBuilder()
        .UseOrleansClient(clustering)
        .ConfigureServices(services => services.AddVigilClient(options => options.ConnectTimeout = TimeSpan.Zero))
        .Build();
}
