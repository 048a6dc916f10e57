using System.CommandLine;
using Vigil.Silo;
using Vigil.Silo.Demo;

var data = new Option<string>("--data") { Description = "The folder that holds the store's file.", DefaultValueFactory = _ => "data", HelpName = "DIR" };
var port = new Option<int>("--port") { Description = "The port on 127.0.0.1 to listen on; 0 for any free port.", DefaultValueFactory = _ => 5080, HelpName = "N" };
var simulate = new Option<bool>("--simulate") { Description = "Start simulated platforms, with a connection to each." };
var scripts = new Option<string?>("--scripts") { Description = "With --simulate or --demo: a JSON file that scripts the simulated targets and the faults.", HelpName = "FILE" };
var demo = new Option<bool>("--demo") { Description = "Start an execution on each simulated platform and show them until they end." };
var exit = new Option<bool>("--exit") { Description = "With --demo: exit afterwards, with code 1 if any execution did not end as scripted." };
port.CustomParser = result =>
{
    if (!ushort.TryParse(result.Tokens[0].Value, out var number))
    {
        result.AddError("--port must be from 0 to 65535.");
    }

    return number;
};

var root = new RootCommand("Vigil watches executions on other companies' platforms until they end, and reports how each one ended.") { data, port, simulate, scripts, demo, exit };
root.Subcommands.Add(BackupCommand.Create(data));
root.Validators.Add(result =>
{
    if (result.GetValue(scripts) is not null && !result.GetValue(simulate) && !result.GetValue(demo))
    {
        result.AddError("--scripts needs --simulate or --demo, because it configures the simulated platforms.");
    }
});
root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
root.SetAction(async (parsed, _) =>
{
    using var signals = new StopSignals();
    var options = new SiloOptions(parsed.GetValue(data)!, parsed.GetValue(port), parsed.GetValue(simulate) || parsed.GetValue(demo), parsed.GetValue(scripts), Quiet: parsed.GetValue(demo));
    try
    {
        await using var silo = await RunningSilo.StartAsync(options, signals.Stop);
        if (parsed.GetValue(demo))
        {
            var outcome = await DemoRun.RunAsync(silo.Address, DemoScreen.Console, signals.Stop);
            if (parsed.GetValue(exit))
            {
                return outcome;
            }
        }

        Console.WriteLine(silo.Greeting);
        await silo.WaitForShutdownAsync(signals.Stop);
        return 0;
    }
    catch (Exception e) when (StartError.Explain(e) is { Count: > 0 } lines)
    {
        await Console.Error.WriteLineAsync("Vigil cannot start:");
        foreach (var line in lines)
        {
            await Console.Error.WriteLineAsync($"  {line}");
        }

        return 1;
    }
});

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
