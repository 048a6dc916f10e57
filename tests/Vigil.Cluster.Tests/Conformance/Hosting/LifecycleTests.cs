using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Conformance.Calls;
using Vigil.Cluster.Tests.Conformance.Support;
using Vigil.Cluster.Tests.Hosting;

namespace Vigil.Cluster.Tests.Conformance.Hosting;

/// <summary>A silo starts in stages and stops in the opposite order.</summary>
public sealed class LifecycleTests
{
    private readonly Journal _journal = new();

    [Fact]
    public async Task Stages_StartInOrder_AndStopInTheOppositeOrder()
    {
        var stages = new Dictionary<string, int>
        {
            ["last"] = ServiceLifecycleStage.Last,
            ["application"] = ServiceLifecycleStage.ApplicationServices,
            ["active"] = ServiceLifecycleStage.Active,
            ["become active"] = ServiceLifecycleStage.BecomeActive,
            ["storage"] = ServiceLifecycleStage.RuntimeStorageServices,
            ["first"] = ServiceLifecycleStage.First,
        };

        await using (await StartAsync(new Participant(lifecycle =>
        {
            foreach (var (name, stage) in stages)
            {
                lifecycle.Subscribe(name, stage, _ => AddAsync($"start {name}"), _ => AddAsync($"stop {name}"));
            }
        })))
        {
            string[] started = ["start first", "start storage", "start application", "start become active", "start active", "start last"];
            Assert.Equal(started, _journal.Entries);
        }

        string[] stopped = ["stop last", "stop active", "stop become active", "stop application", "stop storage", "stop first"];
        Assert.Equal(stopped, _journal.Entries.Skip(stages.Count));
    }

    [Fact]
    public async Task Participants_OfOneStage_AllStartBeforeTheNextStage()
    {
        var slow = new Participant(lifecycle => lifecycle.Subscribe("slow", ServiceLifecycleStage.ApplicationServices, async _ =>
        {
            await Task.Yield();
            await AddAsync("application");
        }));
        var quick = new Participant(lifecycle => lifecycle.Subscribe("quick", ServiceLifecycleStage.ApplicationServices, _ => AddAsync("application")));
        var later = new Participant(lifecycle => lifecycle.Subscribe("later", ServiceLifecycleStage.Active, _ => AddAsync("active")));

        await using var cluster = await StartAsync(later, slow, quick);

        Assert.Equal(["application", "application", "active"], _journal.Entries);
    }

    [Fact]
    public async Task Participant_OfTheActiveStage_CanCallGrains()
    {
        var participant = new Participant(lifecycle => lifecycle.Subscribe("caller", ServiceLifecycleStage.Active, async _ =>
        {
            await Grains!.GetGrain<ICallGrain>("key").TouchAsync("touched");
            await AddAsync("called");
        }));

        await using var cluster = await StartAsync(participant);

        Assert.Equal(["called"], _journal.Entries);
    }

    [Fact]
    public async Task Participant_ThatFailsToStart_FailsTheSilo()
    {
        var participant = new Participant(lifecycle => lifecycle.Subscribe(
            "failing", ServiceLifecycleStage.ApplicationServices, _ => throw new InvalidOperationException("The participant fails as told.")));

        var error = await Record.ExceptionAsync(async () => await StartAsync(participant));

        Assert.Contains("The participant fails as told.", error?.ToString(), StringComparison.Ordinal);
    }

    private IGrainFactory? Grains { get; set; }

    private Task<TestClusterHost> StartAsync(params Participant[] participants) => TestClusterHost.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(new Stage());
        foreach (var participant in participants)
        {
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services =>
            {
                Grains = services.GetRequiredService<IGrainFactory>();
                return participant;
            });
        }
    });

    private Task AddAsync(string entry)
    {
        _journal.Add(entry);
        return Task.CompletedTask;
    }

    private sealed class Participant(Action<ISiloLifecycle> participate) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => participate(lifecycle);
    }
}
