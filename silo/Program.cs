using System.CommandLine;
using Vigil.Silo;
using Vigil.Silo.Demo;
using Vigil.Simulator;

var data = new Option<string>("--data") { Description = "The folder that holds the store's file and the runs of simulated platforms.", DefaultValueFactory = _ => "data", HelpName = "DIR", Recursive = true };
var port = Port("The port to listen on at 127.0.0.1, or of a --listen without one; 0 for any free port. [default: 5080]");
var listen = new Option<string[]>("--listen") { Description = "An address to listen on, such as 10.0.0.5, 0.0.0.0:5080 or https://localhost:5443; may be repeated.", HelpName = "ADDRESS" };
var insecure = new Option<bool>("--insecure") { Description = "Allow addresses other than loopback: anyone who can connect can do everything, because Vigil does not authenticate callers." };
var simulate = new Option<bool>("--simulate") { Description = "Start simulated platforms, with a connection to each." };
var simulator = new Option<Uri?>("--simulator") { Description = "Have a connection to each simulated platform of 'silo simulator', which runs at URL.", HelpName = "URL", CustomParser = ReadAddress };
var scripts = new Option<string?>("--scripts") { Description = "With simulated platforms: a JSON file that scripts their targets and faults.", HelpName = "FILE" };
var demo = new Option<bool>("--demo") { Description = "Start an execution on each simulated platform and show them until they end." };
var exit = new Option<bool>("--exit") { Description = "With --demo: exit afterwards, with code 1 if any execution did not end as scripted." };
data.Validators.Add(result =>
{
    if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
    {
        result.AddError("--data must be a folder.");
    }
});

var root = new RootCommand("Vigil watches executions on other companies' platforms until they end, and reports how each one ended.") { data, port, listen, insecure, simulate, simulator, scripts, demo, exit };
root.Subcommands.Add(BackupCommand.Create(data));
root.Validators.Add(result =>
{
    var starts = result.GetValue(simulate) || (result.GetValue(demo) && result.GetValue(simulator) is null);
    if (result.GetValue(scripts) is not null && !starts)
    {
        result.AddError("--scripts needs --simulate or --demo, because it configures the simulated platforms.");
    }

    if (result.GetValue(simulate) && result.GetValue(simulator) is not null)
    {
        result.AddError("--simulate starts simulated platforms and --simulator uses those of another process; give one of them.");
    }
});
root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
root.SetAction((parsed, _) =>
{
    var elsewhere = parsed.GetValue(simulator);
    var options = new SiloOptions(
        parsed.GetValue(data)!, parsed.GetValue(port), parsed.GetValue(simulate) || (parsed.GetValue(demo) && elsewhere is null), parsed.GetValue(scripts), Quiet: parsed.GetValue(demo))
    {
        Listen = parsed.GetValue(listen) ?? [],
        Insecure = parsed.GetValue(insecure),
        Simulator = elsewhere,
    };
    return StartError.RunAsync(stop => RunningSilo.StartAsync(options, stop), async (silo, stop) =>
    {
        if (parsed.GetValue(demo))
        {
            var outcome = await DemoRun.RunAsync(silo.Address, DemoScreen.Console, stop);
            if (parsed.GetValue(exit))
            {
                return outcome;
            }
        }

        Console.Write(silo.Hints);
        await silo.WaitForShutdownAsync(stop);
        return 0;
    });
});

var simulatorPort = Port("The port on 127.0.0.1 to listen on; 0 for any free port. [default: 5090]");
var alone = new Command("simulator", "Serves the simulated platforms alone, for any number of silos with --simulator URL.") { simulatorPort, scripts };
alone.SetAction((parsed, _) =>
{
    var options = new SimulatorOptions { Port = parsed.GetValue(simulatorPort) ?? 5090, ScriptFile = parsed.GetValue(scripts), RunsFile = SiloOptions.RunsFileIn(parsed.GetValue(data)!) };
    return StartError.RunAsync(stop => SimulatorHost.StartAsync(options, stop), async (host, stop) =>
    {
        Console.WriteLine($"Simulated platforms on {host.Address}");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    });
});
root.Subcommands.Add(alone);

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static Option<int?> Port(string description) => new("--port")
{
    Description = description,
    HelpName = "N",
    CustomParser = result =>
    {
        if (!ushort.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            result.AddError("--port must be from 0 to 65535.");
        }

        return number;
    },
};

static Uri? ReadAddress(System.CommandLine.Parsing.ArgumentResult result)
{
    if (!Uri.TryCreate(result.Tokens[0].Value.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
    {
        result.AddError("--simulator must be an address such as http://127.0.0.1:5090.");
    }

    return address;
}
