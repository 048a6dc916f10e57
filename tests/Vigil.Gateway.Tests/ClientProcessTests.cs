using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Vigil.Gateway.Tests;

/// <summary>The gateway in a host of its own that has an Orleans client of the cluster and nothing else of Vigil.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class ClientProcessTests(VigilApp app)
{
    [Fact]
    public async Task Client_OutsideTheSilo_StartsFindsWaitsAndReadsFiles()
    {
        using var host = Host.CreateDefaultBuilder()
            .UseOrleansClient(client => client.UseStaticClustering(app.Silo.ClusterGateway))
            .ConfigureServices(services => services.AddVigilGateway())
            .Build();
        await host.StartAsync();
        var gateway = host.Services.GetRequiredService<ExecutionGateway>();
        var request = new StartExecution { Connection = "agentic", Target = new("flow", "files-5s") };

        var started = await gateway.StartAsync(request, VigilApp.NewKey());
        var ended = await gateway.WaitAsync(started.Execution.Id, TimeSpan.FromMinutes(1));
        var page = await gateway.ListAsync(new() { Statuses = [ExecutionStatus.Succeeded], Connection = "agentic" });
        var files = await gateway.ListFilesAsync(ended.Id);
        var (file, length) = await DownloadAsync(gateway, ended.Id, files[0].Id);

        Assert.Equal(ExecutionStatus.Succeeded, ended.Status);
        Assert.Contains(page.Items, execution => execution.Id == ended.Id);
        Assert.Equal(file.SizeBytes, length);
        await Assert.ThrowsAsync<ExecutionNotFoundException>(() => gateway.GetAsync("no-such-execution"));
        await host.StopAsync();
    }

    private static async Task<(ExecutionFile File, long Length)> DownloadAsync(ExecutionGateway gateway, string id, string fileId)
    {
        await using var file = await gateway.OpenFileAsync(id, fileId);
        var length = 0L;
        await foreach (var chunk in file.ReadAsync())
        {
            length += chunk.Length;
        }

        return (file.Download.File, length);
    }
}
