using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vigil.Client;
using Vigil.Platforms;
using Vigil.Simulator;
using Vigil.Testing;

namespace Vigil.Gateway.Tests.Docs;

/// <summary>The code of docs/guide.md and of the packages' pages that no sample has. It is compiled, and not run.</summary>
internal static class GuideSnippets
{
    public static void Host(WebApplicationBuilder builder, string database)
    {
        builder.UseOrleans(silo => silo
            .UseVigilClustering(builder.Configuration) // Or any clustering of your own.
            .AddVigil(vigil => vigil
                .AddConnection(new ConnectionOptions { Name = "mine", Platform = "gloriamundo", CredentialFile = "/run/secrets/gloriamundo" })
                .ConfigureStore(store => store.ConnectionString = database)));
    }

    public static async Task<string> StartAsync(IVigilClient vigil)
    {
        var request = new StartExecution { Connection = "gloriamundo", Target = new ExecutionTarget("workflow", "digest") };
        var handle = await vigil.StartAsync(request, key: "digest-2031-05-04");
        var digest = await handle.GetResultAsync<Digest>();
        return digest.Headline;
    }

    public static IVigilClient Http()
    {
        IVigilClient vigil = new VigilHttpClient(new Uri("http://127.0.0.1:5080"));
        return vigil;
    }

    public static ExecutionTarget Versioned()
    {
        var nightly = new ExecutionTarget("workflow", "nightly", "1");
        return nightly;
    }

    public static async Task<string> AgainAsync(IVigilClient vigil)
    {
        var again = vigil.GetHandle("digest-2031-05-04");
        var digest = await again.GetResultAsync<Digest>();
        return digest.Headline;
    }

    public static async Task WatchAsync(ExecutionHandle handle, CancellationToken cancellationToken)
    {
        await foreach (var execution in handle.WatchAsync(cancellationToken))
        {
            Console.WriteLine($"{execution.Status}, step {execution.Progress?.Current} of {execution.Progress?.Total}");
        }
    }

    public static async Task<long?> ObserveAsync(IVigilClient vigil, long? position, CancellationToken cancellationToken)
    {
        var ends = new EventFilter { Types = [ExecutionEventTypes.Ended], Connection = "gloriamundo" };
        await foreach (var executionEvent in vigil.ObserveAsync(ends, afterSeq: position, cancellationToken))
        {
            await StoreAsync(executionEvent.Execution);
            position = executionEvent.Seq;
        }

        return position;
    }

    public static async Task SimulateAsync(WebApplicationBuilder builder)
    {
        await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient);
        builder.Configuration.AddInMemoryCollection(simulator.ConnectionSettings);
    }

    public static void PageOfTheSilo(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddVigilSilo();
        builder.Services.AddVigilGateway();
        var app = builder.Build();
        app.MapVigil();
        app.Run();
    }

    public static async Task<Execution> PageOfTheClientAsync(WebApplicationBuilder builder, IVigilClient client, CancellationToken cancellationToken)
    {
        builder.Services.AddVigilHttpClient(new Uri("http://127.0.0.1:5080"));
        builder.Services.AddVigilClient();
        var request = new StartExecution { Connection = "production", Target = new("workflow", "nightly") };
        var handle = await client.StartAsync(request, key: "nightly-2031-05-04", cancellationToken);
        var execution = await handle.WaitAsync(cancellationToken);
        return execution;
    }

    public static FakeVigilClient PageOfTheTests()
    {
        var vigil = new FakeVigilClient { OnStart = _ => FakeEnd.Succeeded(new { headline = "Rain" }) };
        return vigil;
    }

    private static Task StoreAsync(Execution execution) => Console.Out.WriteLineAsync(execution.Id);

    private sealed record Digest(string Headline);
}
