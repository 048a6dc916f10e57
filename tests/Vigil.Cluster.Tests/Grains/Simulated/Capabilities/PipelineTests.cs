using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>A second kind of target: moderately's pipelines, beside agents on one connection.</summary>
public sealed class PipelineTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Theory]
    [InlineData("moderately")]
    [InlineData(Variant.Client)]
    public async Task Pipelines_BesideAgents_AreWatchedToTheirEnds(string connection)
    {
        var target = World.Script(Scripted.Endless with { Output = StockScripts.Ok.Output });
        string[] pipelines = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync(connection, target)));
        string[] agents = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => World.StartAsync(connection, target)));
        await Task.WhenAll(pipelines.Concat(agents).Select(World.StartedAsync));

        World.LetEnd(target, Scripted.Paced(0.3));

        foreach (var id in pipelines.Concat(agents))
        {
            var execution = await World.EndAsync(id);
            Assert.Equal((ExecutionStatus.Succeeded, 5), (execution.Status, execution.Progress?.Current));
            Assert.Equal(pipelines.Contains(id) ? ("pipeline", 5) : ("agent", null), (execution.Target!.Kind, execution.Progress!.Total));
        }
    }

    [Fact]
    public async Task Pipeline_WithAStoredOutput_HasItInTheEnd()
    {
        var target = World.Script(Scripted.Paced(0.05) with { StoredOutput = new() { Compression = OutputCompression.Gzip } });

        var execution = await World.EndAsync(await StartAsync("moderately", target));

        Assert.Equal("""{"summary":"Five steps done.","items":3}""", execution.Output);
        Assert.Single(World.RequestsOf(execution, "output_download"));
    }

    [Fact]
    public async Task Pipeline_WhoseOutputIsNoJson_HasAFile()
    {
        var target = World.Script(Scripted.Paced(0.05) with { StoredOutput = new() { FileType = OutputFileType.Csv, Text = "id\n1\n" } });

        var execution = await World.EndAsync(await StartAsync("moderately", target));

        var file = Assert.Single((await World.Reader.ListStepsAsync(execution.Id)).Items.SelectMany(step => step.Files));
        Assert.Equal(("output.csv", 5L), (file.Name, file.SizeBytes));
        Assert.Contains("\"file_id\":\"output\"", execution.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipeline_IsCancelledWithAReason()
    {
        var id = await StartAsync("moderately", World.Script(Scripted.Endless));
        await World.StartedAsync(id);

        await World.Cluster.Execution(id).CancelAsync("enough");

        Assert.Equal((ExecutionStatus.Cancelled, "cancelled"), (await World.EndAsync(id) is var ended ? (ended.Status, ended.RawStatus) : default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pipeline_StartedElsewhere_IsAdopted(bool kindIsGiven)
    {
        var target = World.Script(Scripted.Endless);
        var elsewhere = await World.StartedAsync(await StartAsync("moderately", target));
        var id = VigilCluster.NewId();

        var request = new AdoptExecution
        {
            Connection = Variant.Batches("moderately"),
            RemoteId = elsewhere.RemoteId!,
            Target = kindIsGiven ? new("pipeline", target) : null,
        };
        var queries = World.Cluster.Grains.GetGrain<IQueryGrain>(IQueryGrain.Key);
        await World.Cluster.Execution(id).AdoptAsync(request, (await queries.ObserveAsync(request, CancellationToken.None))!);
        World.LetEnd(target);

        var execution = await World.EndAsync(id);
        Assert.Equal((ExecutionStatus.Succeeded, new ExecutionTarget("pipeline", target)), (execution.Status, execution.Target));
    }

    private async Task<string> StartAsync(string connection, string target)
    {
        var id = VigilCluster.NewId();
        await World.Cluster.Execution(id).StartAsync(World.Request(connection, target) with { Target = new("pipeline", target) });
        return id;
    }
}
