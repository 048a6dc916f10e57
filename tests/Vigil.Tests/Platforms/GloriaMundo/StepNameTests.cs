using Vigil.Grains.Lifecycle;
using Vigil.Platforms.GloriaMundo;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.GloriaMundo;

public sealed class StepNameTests
{
    [Fact]
    public async Task Absorb_AnswersThatNameOnlyTheCurrentStep_KeepsTheNamesSeenBefore()
    {
        var state = new ExecutionState { Id = "e", Connection = "c", Platform = "gloriamundo", RequestHash = "" };
        foreach (var (current, name) in new[] { (1, "Read"), (3, "Send") })
        {
            state = StepMerge.Absorb(state, await PollAsync(current, name));
        }

        // The second step was over before anybody looked.
        Assert.Equal(
            [("Read", StepStatus.Succeeded), ("2", StepStatus.Succeeded), ("Send", StepStatus.Running)],
            state.Steps.Select(step => (step.Summary.Name, step.Summary.Status)));
    }

    private static async Task<Observation> PollAsync(int current, string name)
    {
        var body = $$"""{ "run_id": "r", "status": "running", "progress": { "current_step": {{current}}, "total_steps": 5, "current_step_name": "{{name}}" } }""";
        var seen = await new GloriaMundoPlatform().To(new StubPlatform(_ => StubPlatform.Json(body))).SeenAsync("r");
        return new Observation(seen, Attempt: 1, SentAt: default, ReceivedAt: default);
    }
}
