using System.Net;
using System.Net.Http.Json;
using Vigil.Simulator;
using Vigil.Simulator.Agentic;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Simulator;

public sealed class AdminErrorTests : IAsyncLifetime
{
    private Simulated _simulated = null!;

    private HttpClient Http => _simulated.Http;

    public async Task InitializeAsync() => _simulated = await Simulated.StartAsync();

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Theory]
    [InlineData("", "$: is missing; must be an object with id, kind")]
    [InlineData("{\n \"kind\": }", "$: is not JSON at line 2, byte 10")]
    [InlineData("[]", "$: must be an object with id, kind")]
    [InlineData("{}", "$.kind: is missing; must be one of status, rate_limit")]
    [InlineData("""{ "kind": "nosuch" }""", "$.kind: must be one of status, rate_limit")]
    [InlineData("""{ "kind": 99 }""", "$.kind: must be one of status, rate_limit")]
    [InlineData("""{ "kind": "cut", "colour": "red" }""", "$.colour: is not known; allowed: id, kind")]
    [InlineData("""{ "kind": "cut", "count": -1 }""", "$.count: must be from 0 to ")]
    [InlineData("""{ "kind": "cut", "count": "x" }""", "$.count: must be a whole number, not \"x\"")]
    [InlineData("""{ "kind": "cut", "probability": 2 }""", "$.probability: must be from 0 to 1, not 2")]
    [InlineData("""{ "kind": "status", "status": 9999 }""", "$.status: must be from 200 to 599, not 9999")]
    [InlineData("""{ "kind": "delay", "delay_seconds": -5 }""", "$.delay_seconds: must be from 0 to ")]
    [InlineData("""{ "kind": "unknown", "from_seconds": 5, "until_seconds": 2 }""", "$.until_seconds: must be above from_seconds, not 2")]
    [InlineData("""{ "kind": "cut", "platform": "agentik" }""", "$.platform: must be one of agentic, cognite, gloriamundo, manifest, moderately, not \"agentik\"")]
    [InlineData("""{ "kind": "cut", "operation": "strat" }""", "$.operation: must be one of start, status")]
    [InlineData("""{ "kind": "cut", "after_acting": "yes" }""", "$.after_acting: must be true or false, not \"yes\"")]
    [InlineData("""{ "kind": "members" }""", "$.members: must have at least one member for kind members")]
    [InlineData("""{ "kind": "members", "members": { "a": 1 } }""", "$.members.a: must be a string, not 1")]
    [InlineData("""{ "kind": "answer", "headers": [] }""", "$.headers: must be an object of strings")]
    [InlineData("""{ "kind": "answer", "headers": { "X\\n": "1" } }""", "$.headers: must have names of letters, digits and '-'")]
    [InlineData("""{ "kind": "answer", "fill_bytes": -1 }""", "$.fill_bytes: must be from 0 to ")]
    public Task Fault_WithAnError_NamesTheFieldAndWhatIsAllowed(string body, string told) => RefusesAsync("/_sim/faults", body, told);

    [Theory]
    [InlineData("""{ "target": "t" }""", "$.script: is missing; must be an object with queued, steps")]
    [InlineData("""{ "script": { "stepz": [] } }""", "$.script.stepz: is not known; allowed: queued, steps")]
    [InlineData("""{ "script": { "queued": -1 } }""", "$.script.queued: must be from 0 to ")]
    [InlineData("""{ "script": { "outcome": "won" } }""", "$.script.outcome: must be one of succeeded, failed, cancelled, killed, timed_out, never")]
    [InlineData("""{ "script": { "steps": [ {} ] } }""", "$.script.steps[0].name: is missing; must be a string")]
    [InlineData("""{ "script": { "steps": [ null ] } }""", "$.script.steps[0]: must be an object with name")]
    [InlineData("""{ "script": { "steps": [ { "name": "a", "duration": "x" } ] } }""", "$.script.steps[0].duration: must be a number of seconds, or an object with seconds")]
    [InlineData("""{ "script": { "steps": [ { "name": "a", "duration": { "seconds": -1 } } ] } }""", "$.script.steps[0].duration.seconds: must be from 0 to ")]
    [InlineData("""{ "script": { "steps": [ { "name": "a", "depends_on": [ "b" ] } ] } }""", "$.script.steps[0].depends_on: must name steps before this one, not \"b\"")]
    [InlineData("""{ "script": { "steps": [ { "name": "a", "files": [ { "name": "f", "size_bytes": -1 } ] } ] } }""", "$.script.steps[0].files[0].size_bytes: must be from 0 to ")]
    [InlineData("""{ "script": { "retry": { "tokens": -1 } } }""", "$.script.retry.tokens: must be from 0 to ")]
    [InlineData("""{ "script": { "refusal": { "status": 0 } } }""", "$.script.refusal.status: must be from 200 to 599, not 0")]
    public Task Script_WithAnError_NamesTheFieldAndWhatIsAllowed(string body, string told) => RefusesAsync("/_sim/scripts", body, told);

    [Theory]
    [InlineData("""{ "kind": "clock_skew", "skew_seconds": -600 }""")]
    [InlineData("""{ "kind": "cut", "platform": null, "count": null, "probability": 0.5, "operation": "status_many" }""")]
    public async Task Fault_WithoutAnError_IsInForce(string body)
    {
        using var answer = await Http.PostAsync("/_sim/faults", new StringContent(body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(_simulated.World.Faults.Rules);
    }

    [Fact]
    public async Task Script_WithAllThatThereIs_IsTaken()
    {
        using var answer = await Http.PostAsync("/_sim/scripts", new StringContent("""
            { "platform": "agentic", "target": "t", "script": { "queued": 1.5, "outcome": "failed", "output": { "a": [ 1 ] }, "time_limit_seconds": null,
              "steps": [ { "name": "a", "duration": { "seconds": 5 }, "files": [ { "name": "f", "text": "x" } ] }, { "name": "b", "depends_on": [ "a" ] } ],
              "retry": { "tokens": 3 }, "refusal": { "status": 402, "code": "spend_limit_exceeded" } } }
            """));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var script = _simulated.World.Scripts.For("agentic", "t");
        Assert.Equal((2, 5.0, 402, 3.0), (script.Steps.Length, script.Steps[0].Duration.Seconds, script.Refusal!.Status, script.Retry!.Tokens));
    }

    [Fact]
    public async Task Questions_WithAnError_NameIt()
    {
        Assert.StartsWith("platform: must be one of agentic", await ErrorAsync(HttpStatusCode.BadRequest, await Http.GetAsync("/_sim/ledger?platform=x")), StringComparison.Ordinal);
        Assert.Equal("There is no fault 'f'.", await ErrorAsync(HttpStatusCode.NotFound, await Http.DeleteAsync("/_sim/faults/f")));
        using var nothing = new StringContent("{}");
        Assert.Equal(
            "There is no run 'r' of platform 'agentic'.", await ErrorAsync(HttpStatusCode.NotFound, await Http.PostAsync("/_sim/runs/agentic/r/script", nothing)));
    }

    [Fact]
    public async Task Operations_AreThoseThatThePlatformsHave()
    {
        var world = _simulated.World;
        foreach (var (platform, route) in SimulatedServer.Platforms(world).SelectMany(platform => platform.Routes.Select(route => (platform.Name, route))))
        {
            var path = string.Join('/', route.Pattern.Split('/').Select(part => part.StartsWith('{') ? "x" : part));
            using var answer = await Http.SendAsync(new HttpRequestMessage(new(route.Method), $"/{platform}{path}"));
        }

        var fields = new FlowSchema(world, new FlowFileStore(world, "agentic"), new IssuedTokens(world, "agentic"), "agentic").Fields;
        var asked = world.Ledger.Counts().Select(count => count.Operation).Concat(fields.Select(field => field.Operation)).Append("status_many");
        Assert.Equal(FaultRule.Operations.Order(), asked.Distinct().Order());
    }

    private static async Task<string> ErrorAsync(HttpStatusCode status, HttpResponseMessage answer)
    {
        Assert.Equal(status, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
    }

    private async Task RefusesAsync(string path, string body, string told) =>
        Assert.StartsWith(told, await ErrorAsync(HttpStatusCode.BadRequest, await Http.PostAsync(path, new StringContent(body))), StringComparison.Ordinal);
}
