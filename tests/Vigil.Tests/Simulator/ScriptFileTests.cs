using System.Net;
using System.Net.Http.Json;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Simulator;

public sealed class ScriptFileTests : IDisposable
{
    private const string Drawn = """
        {
          "seed": 7,
          "scripts": [ { "platform": "gloriamundo", "target": "nightly", "script": {
            "queued": 2,
            "steps": [
              { "name": "fetch", "duration": { "seconds": 20, "distribution": "exponential" } },
              { "name": "load", "duration": { "seconds": 5, "distribution": "uniform", "spread_seconds": 4 }, "fails": true, "reason": "no space" }
            ] } } ],
          "faults": [ { "id": "busy", "kind": "rate_limit", "operation": "usage" } ]
        }
        """;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("vigil-scripts-").FullName, "scripts.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public async Task File_SaysHowTargetsRunAndWhatGoesWrong()
    {
        await File.WriteAllTextAsync(_path, Drawn);
        await using var simulated = await Simulated.StartAsync(new() { ScriptFile = _path });

        var run = await StartAsync(simulated);
        simulated.Time.Advance(TimeSpan.FromHours(1));

        var body = await simulated.Http.GetFromJsonAsync<JsonElement>($"/gloriamundo/api/v1/runs/{run}/status");
        Assert.Equal(("failed", "no space", "load"), (
            body.GetProperty("status").GetString(), body.GetProperty("error").GetString(),
            body.GetProperty("progress").GetProperty("current_step_name").GetString()));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await simulated.Http.GetAsync("/gloriamundo/api/v1/usage")).StatusCode);
    }

    [Theory]
    [InlineData("{}", 404, 429)]
    [InlineData("""{ "unknown_targets": "accept" }""", 200, 429)]
    [InlineData("""{ "enforce_limits": false }""", 404, 404)]
    public async Task File_SaysHowStrictThePlatformsAre(string text, int first, int eleventh)
    {
        await File.WriteAllTextAsync(_path, text);
        await using var simulated = await Simulated.StartAsync(new() { ScriptFile = _path });

        var statuses = new List<int>();
        for (var i = 0; i < 11; i++)
        {
            using var answer = await simulated.Http.PostAsJsonAsync("/gloriamundo/api/v1/workflows/nosuch/execute", new { });
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal((first, eleventh), (statuses[0], statuses[10]));
    }

    [Fact]
    public async Task Seed_DrawsTheSameRunsAgain_AndAnotherOneOthers()
    {
        await File.WriteAllTextAsync(_path, Drawn);
        var first = await EndsAsync();
        var second = await EndsAsync();
        await File.WriteAllTextAsync(_path, Drawn.Replace("\"seed\": 7", "\"seed\": 8", StringComparison.Ordinal));
        var other = await EndsAsync();

        Assert.Equal(first, second);
        Assert.Empty(first.Intersect(other));
        Assert.Equal(first.Count, first.Distinct().Count());
    }

    [Theory]
    [InlineData("""{ "scripts": [ { "target": "t" } ] }""", "script")]
    [InlineData("""{ "faults": [ { "kind": "nosuch" } ] }""", "$.faults[0].kind")]
    [InlineData("""{ "scripts": [ { "script": { "stepz": [] } } ] }""", "$.scripts[0].script.stepz")]
    [InlineData("{", "line 1")]
    [InlineData("{ \"faults\": [\n { \"kind\": \"cut\",\n \"probability\": 7 } ] }", "line 3, $.faults[0].probability: must be from 0 to 1, not 7")]
    [InlineData("""{ "scripts": [ { "platform": "nosuch", "script": {} } ] }""", "$.scripts[0].platform: must be one of agentic")]
    public async Task File_WithAnError_SaysWhichFileAndWhere(string text, string where)
    {
        await File.WriteAllTextAsync(_path, text);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => SimulatorHost.StartAsync(new() { ScriptFile = _path }));

        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task File_ThatIsNotThere_IsAnError() => Assert.ThrowsAsync<FileNotFoundException>(() => SimulatorHost.StartAsync(new() { ScriptFile = _path }));

    private async Task<IReadOnlyList<(string, TimeSpan)>> EndsAsync()
    {
        await using var simulated = await Simulated.StartAsync(SimulatorOptions.Lenient with { ScriptFile = _path });
        for (var i = 0; i < 20; i++)
        {
            await StartAsync(simulated);
        }

        return [.. simulated.World.Runs.All().Select(run => (run.Id, run.EndsAt - run.AcceptedAt))];
    }

    private static async Task<string> StartAsync(Simulated simulated)
    {
        using var answer = await simulated.Http.PostAsJsonAsync("/gloriamundo/api/v1/workflows/nightly/execute", new { });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("run_id").GetString()!;
    }
}
