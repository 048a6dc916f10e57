using Vigil.Platforms;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Files: agentic's are fetched by a token each, byte for byte; the other platforms have none.</summary>
public sealed class FilesTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    private const int Size = 300_000;

    private static readonly RunScript Leaves = Scripted.Paced(0.05) with
    {
        Steps =
        [
            new()
            {
                Name = "write",
                Duration = new() { Seconds = 0.2 },
                Files =
                [
                    new() { Name = "report.csv", Text = "id,total\n1,10\n", ContentType = "text/csv" },
                    new() { Name = "picture.bin", SizeBytes = Size },
                    new() { Name = "trace.log", Text = "no result" },
                    new() { Name = "source.txt", Text = "only read", Operation = "read" },
                ],
            },
        ],
    };

    [Fact]
    public async Task Agentic_FilesAreListedAndTheirBytesFetchedByToken()
    {
        var execution = await World.RunAsync("agentic", Leaves);

        var files = (await World.Reader.ListStepsAsync(execution.Id)).Items.SelectMany(step => step.Files).ToArray();

        Assert.Equal(["report.csv", "picture.bin"], files.Select(file => file.Name));
        Assert.Equal("id,total\n1,10\n"u8.ToArray(), await BytesOfAsync(files[0]));
        var picture = await BytesOfAsync(files[1]);
        Assert.Equal((Size, (long?)Size), (picture.Length, files[1].SizeBytes));
        Assert.Equal(picture, await BytesOfAsync(files[1]));
        Assert.Equal(World.Ledger.Count("agentic", "download", 200), World.Ledger.Count("agentic", "download_token", 200));
    }

    [Theory]
    [InlineData("moderately")]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    [InlineData("cognite")]
    public async Task Others_HaveNone(string platform)
    {
        var execution = await World.RunAsync(platform, Leaves);

        Assert.Equal(ExecutionStatus.Succeeded, execution.Status);
        Assert.Empty((await World.Reader.ListStepsAsync(execution.Id)).Items.SelectMany(step => step.Files));
    }

    private async Task<byte[]> BytesOfAsync(ExecutionFile file)
    {
        var connection = World.Cluster.Service<PlatformConnections>().Get("agentic").Connection;
        await using var body = (await connection.OpenFileAsync(file, range: null, CancellationToken.None)).Body;
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
