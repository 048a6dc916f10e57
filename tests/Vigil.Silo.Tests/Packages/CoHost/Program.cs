using Vigil;
using Vigil.Simulator;

// An app with a silo, a grain, grain storage and reminders of its own, which has added Vigil to that silo.
await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient);
simulator.Platforms.Scripts.Set("gloriamundo", "quick", new RunScript { Steps = [new StepScript { Name = "only", Duration = RunDuration.Zero }] });

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Configuration.AddInMemoryCollection(simulator.ConnectionSettings);
builder.UseOrleans(silo => silo
    .UseVigilClustering(builder.Configuration)
    .AddMemoryGrainStorageAsDefault()
    .AddVigil(vigil => vigil.ConfigureStore(store => store.DataFolder = args[0])));
builder.Services.AddVigilClient();
builder.Services.AddVigilGateway();

var app = builder.Build();
app.MapVigil();
await app.StartAsync();

var counter = app.Services.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>("runs");
var handle = await app.Services.GetRequiredService<IVigilClient>().StartAsync(new() { Connection = "gloriamundo", Target = new("workflow", "quick") });
Console.WriteLine($"{(await handle.WaitAsync(CancellationToken.None)).Status}, run {await counter.CountAsync()}, reminder {await counter.RemindAsync()}");
await app.StopAsync();

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> CountAsync();

    Task<string> RemindAsync();
}

public sealed class CounterGrain([PersistentState("count")] IPersistentState<Count> count) : Grain, ICounterGrain, IRemindable
{
    public async Task<int> CountAsync()
    {
        count.State.Value++;
        await count.WriteStateAsync();
        return count.State.Value;
    }

    public async Task<string> RemindAsync()
    {
        await this.RegisterOrUpdateReminder("daily", TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        return (await this.GetReminder("daily"))!.ReminderName;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}

[GenerateSerializer]
public sealed class Count
{
    [Id(0)]
    public int Value { get; set; }
}
