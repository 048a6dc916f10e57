using System.Text.Json.Nodes;
using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    [StoreFact]
    public async Task WriteAsync_Steps_AreReadInTheirPlacesWithTheState()
    {
        var etag = await Store.WriteAsync(Sample.Start("e1") with { Steps = [Row(1, "b"), Row(0, "a")] });
        await Store.WriteAsync(Sample.Start("e10") with { Steps = [Row(0, "x")] });
        Assert.Equal(["a", "b"], await StepsOfAsync("e1"));

        await Store.WriteAsync(Sample.Next("e1", etag, 2) with { Steps = [Row(1, "B"), Row(2, "c")] });

        Assert.Equal(["a", "B", "c"], await StepsOfAsync("e1"));
        Assert.Equal(2, (int?)JsonNode.Parse((await Store.ReadAsync(Sample.Execution("e1")))!.Text())!["version"]);
    }

    [StoreFact]
    public async Task WriteAsync_StepsOfARefusedWrite_ChangeNothing()
    {
        var first = await Store.WriteAsync(Sample.Start("e1") with { Steps = [Row(0, "a")] });
        await Store.WriteAsync(Sample.Next("e1", first, 2) with { Steps = [Row(1, "b")] });

        await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Sample.Next("e1", first, 3) with { Steps = [Row(0, "late"), Row(2, "late")] }));
        await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Sample.Start("e1") with { Steps = [Row(0, "late")] }));

        Assert.Equal(["a", "b"], await StepsOfAsync("e1"));
    }

    [StoreFact]
    public async Task WriteAsync_MoreStepsThanATransactionHasRows_AreStoredTogether()
    {
        await Store.WriteAsync(Sample.Start("e1") with { Steps = [.. Enumerable.Range(0, 2_000).Select(place => Row(place, $"s{place}"))] });
        await ReopenAsync();

        Assert.Equal(Enumerable.Range(0, 2_000).Select(place => $"s{place}"), await StepsOfAsync("e1"));
    }

    [StoreFact]
    public async Task ListAsync_ExecutionWithStepsInRows_LeavesThemOut()
    {
        await Store.WriteAsync(Sample.Start("e1") with { Steps = [Row(0, "a")] });

        Assert.Equal("""{"id":"e1"}""", Assert.Single((await Store.ListAsync(new())).States).Text());
    }

    [StoreFact]
    public async Task ReadStepsAsync_SomeOfMany_ReturnsThoseThatThereAre()
    {
        await Store.WriteAsync(Sample.Step("e1/a", "1"));
        await Store.WriteAsync(Sample.Step("e1/b", "2"));
        await Store.WriteAsync(Sample.Step("e2/c", "3"));

        var steps = await Store.ReadStepsAsync(["e2/c", "e1/b", "e1/unknown"]);

        Assert.Equal(["e1/b=2", "e2/c=3"], steps.Select(step => $"{step.Id}={step.Text()}").Order(StringComparer.Ordinal));
        Assert.Empty(await Store.ReadStepsAsync([]));
    }

    [StoreFact]
    public async Task ReadStepVersionsAsync_SomeWrittenAgain_ReturnsTheLastOfEach()
    {
        var etag = await Store.WriteAsync(Sample.Step("e1/a", "1", version: 3));
        await Store.WriteAsync(Sample.Step("e1/b", "2", version: 5));
        await Store.WriteAsync(Sample.Step("e10/c", "3", version: 9));
        await Store.WriteAsync(Sample.Step("e1/a", "4", etag, version: 7));

        var versions = await Store.ReadStepVersionsAsync("e1");

        Assert.Equal([KeyValuePair.Create("e1/a", 7L), KeyValuePair.Create("e1/b", 5L)], versions.OrderBy(version => version.Key, StringComparer.Ordinal));
        Assert.Empty(await Store.ReadStepVersionsAsync("e3"));
    }

    private static StepRow Row(int place, string name) => new(place, Sample.Json($"\"{name}\""));

    private async Task<string[]> StepsOfAsync(string id) =>
        [.. (JsonNode.Parse((await Store.ReadAsync(Sample.Execution(id)))!.Text())!["steps"]?.AsArray() ?? []).Select(step => (string)step!)];
}
