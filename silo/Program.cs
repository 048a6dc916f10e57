using System.CommandLine;
using Microsoft.Extensions.Options;
using Vigil.Silo;
using Vigil.Storage;

var data = new Option<string>("--data") { Description = "The folder of the store.", DefaultValueFactory = _ => "data", HelpName = "DIR" };
var port = new Option<int>("--port") { Description = "The port on 127.0.0.1; 0 for any free one.", DefaultValueFactory = _ => 5080, HelpName = "N" };
var simulate = new Option<bool>("--simulate") { Description = "Start simulated platforms, with a connection to each." };
port.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is < 0 or > 65535)
    {
        result.AddError("--port must be from 0 to 65535.");
    }
});

var root = new RootCommand("Vigil watches executions that run on other people's platforms until they end, and tells whoever asked.") { data, port, simulate };
root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
root.SetAction(async (parsed, cancellationToken) =>
{
    var options = new SiloOptions(parsed.GetValue(data)!, parsed.GetValue(port), parsed.GetValue(simulate));
    try
    {
        await using var silo = await RunningSilo.StartAsync(options, cancellationToken);
        Console.WriteLine(silo.Greeting);
        await silo.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
    catch (Exception e) when (e is OptionsValidationException or StoreException or IOException)
    {
        await Console.Error.WriteLineAsync("Vigil cannot start:");
        foreach (var line in e is OptionsValidationException invalid ? invalid.Failures : [e.Message])
        {
            await Console.Error.WriteLineAsync($"  {line}");
        }

        return 1;
    }
});

return await root.Parse(args).InvokeAsync();
