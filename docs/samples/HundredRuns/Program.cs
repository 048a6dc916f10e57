using Vigil;

var builder = Host.CreateApplicationBuilder(args);
builder.UseOrleansClient();
builder.Services.AddVigilClient();
using var host = builder.Build();
await host.StartAsync();
var vigil = host.Services.GetRequiredService<IVigilClient>();

var request = new StartExecution { Connection = "gloriamundo", Target = new ExecutionTarget("workflow", "digest") };
var handles = await Task.WhenAll(Enumerable.Range(1, 100).Select(number => vigil.StartAsync(request, key: $"run-{number}")));
Console.WriteLine($"Started {handles.Length} runs.");

var ended = await Task.WhenAll(handles.Select(handle => handle.WaitAsync()));
foreach (var (status, count) in ended.CountBy(execution => execution.Status))
{
    Console.WriteLine($"{status}: {count}");
}

await host.StopAsync();
