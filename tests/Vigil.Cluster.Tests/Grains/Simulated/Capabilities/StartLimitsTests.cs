using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Limits to check before sending: a start that breaks one is refused with every field named, and neither stored nor sent.</summary>
public sealed class StartLimitsTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    public static TheoryData<string, string?, string[], string[]> Breaches => new()
    {
        { "cognite", $$"""{ "text": "{{new string('x', 100 * 1024)}}" }""", [], ["input"] },
        { "cognite", null, [.. Enumerable.Range(0, 10).Select(i => $"key-{i}=v")], ["metadata"] },
        { "cognite", null, [$"{new string('k', 33)}=v", $"long={new string('v', 256)}"], [$"metadata.{new string('k', 33)}", "metadata.long"] },
        { "moderately", null, [$"summary={new string('s', 501)}"], ["metadata.summary"] },
        { "moderately", null, ["summary="], ["metadata.summary"] },
        { "gloriamundo", "[1]", [], ["input"] },
        { "gloriamundo", "\"text\"", [], ["input"] },
    };

    public static TheoryData<string, string?, string[]> Edges => new()
    {
        { "cognite", $$"""{"text":"{{new string('x', (100 * 1024) - 11)}}"}""", [.. Enumerable.Range(0, 8).Select(i => $"key-{i}=v"), $"{new string('k', 32)}={new string('v', 255)}"] },
        { "moderately", null, [$"summary={new string('s', 500)}"] },
        { "gloriamundo", "{}", [] },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task Start_BeyondALimit_NamesTheFieldsAndSendsNothing(string platform, string? input, string[] labels, string[] fields)
    {
        var (id, target) = (VigilCluster.NewId(), World.Script(Scripted.Paced()));

        var refusal = await Assert.ThrowsAsync<InvalidRequestException>(
            () => World.Cluster.Execution(id).StartAsync(World.Request(platform, target, input, Labels(labels))));

        Assert.Equal(fields.Order(), refusal.Errors.Select(error => error.Field).Order());
        Assert.Null(await World.Reader.FindAsync(id));
        Assert.DoesNotContain(World.Ledger.Requests(platform, "start"), request => request.Target == target);
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Start_AtTheLimit_IsTakenByThePlatformToo(string platform, string? input, string[] labels)
    {
        var target = World.Script(Scripted.Paced(0.05));

        var execution = await World.EndAsync(await World.StartAsync(platform, target, input, Labels(labels)));

        Assert.Equal(ExecutionStatus.Succeeded, execution.Status);
    }

    private static ImmutableDictionary<string, string> Labels(string[] labels) => Scripted.Labels([.. labels.Select(label => (label.Split('=')[0], label.Split('=')[1]))]);
}
