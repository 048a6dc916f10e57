using System.Collections.Concurrent;
using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Recovery;

namespace Vigil.Cluster.Tests.Grains.Steps;

/// <summary>What a restart tells the steps again.</summary>
[Collection(AloneCollection.Name)]
public sealed class StepRestartTests
{
    private const int Runs = 20;

    [Fact]
    public async Task Restart_StepsThatStoredWhatTheyAcknowledged_AreToldNothing()
    {
        var told = new ConcurrentQueue<string>();
        await using var cluster = await VigilCluster.StartAsync(configure: cluster => cluster.ConfigureSilos =
            silo => silo.AddIncomingGrainCallFilter(call => NoteAsync(call, told)));
        string[] ids = [.. Enumerable.Range(0, Runs).Select(_ => VigilCluster.NewId())];
        await Task.WhenAll(ids.Select(id => cluster.Execution(id).StartAsync(VigilCluster.Request())));
        await cluster.Platform.WaitForAsync(platform => ids.All(id => platform.PollsOf(id) > 0), "every run was polled");
        cluster.Time.Forward(TimeSpan.FromSeconds(10));
        foreach (var id in ids)
        {
            cluster.Platform.Set(id, ExecutionStatus.Running, Step("done", StepStatus.Succeeded), Step("at-work", StepStatus.Running));
        }

        await Eventually.Async(() => told.Count == 2 * Runs, "every step was told");

        await cluster.RestartAsync();
        told.Clear();
        var polls = ids.ToDictionary(id => id, cluster.Platform.PollsOf);
        await cluster.Service<RecoveryService>().FirstAudit.OrFailAsync("There was no audit.");
        await cluster.Platform.WaitForAsync(platform => ids.All(id => platform.PollsOf(id) >= polls[id] + 3), "every run was polled again");

        Assert.Empty(told);
    }

    private static StepSnapshot Step(string id, StepStatus status) => new() { Id = id, Name = id, Status = status };

    private static async Task NoteAsync(IIncomingGrainCallContext call, ConcurrentQueue<string> told)
    {
        await call.Invoke();
        if (call.InterfaceMethod.Name == nameof(IStepGrain.TellAsync))
        {
            told.Enqueue(call.TargetId.ToString());
        }
    }
}
