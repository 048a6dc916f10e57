using Tiny;
using Vigil;
using Vigil.Platforms;

await using var server = await TinyServer.StartAsync();
var builder = Host.CreateApplicationBuilder(args);
builder.AddVigilSilo(silo => silo.AddVigil(vigil => vigil
    .AddPlatform<TinyPlatform>()
    .AddConnection(new ConnectionOptions { Name = "my-tiny", Platform = "tiny", BaseAddress = new Uri(server.Urls.Single()), Credential = "secret" })));
builder.Services.AddVigilClient();
using var host = builder.Build();
await host.StartAsync();

var client = host.Services.GetRequiredService<IVigilClient>();
var handle = await client.StartAsync(new StartExecution { Connection = "my-tiny", Target = new ExecutionTarget("job", "greet") });
var greeting = await handle.GetResultAsync<Greeting>();
Console.WriteLine($"Tiny says: {greeting.Text}");

await host.StopAsync();

internal sealed record Greeting(string Text);
