using System.CommandLine;
using Vigil.Kill;

var port = new Option<int>("--port") { Required = true };
var host = new Command("host", "Runs one silo, to be killed.") { port };
host.SetAction((parsed, _) => KillHost.RunAsync(parsed.GetValue(port)));

var minutes = new Option<double>("--minutes") { Description = "How long faults are injected.", DefaultValueFactory = _ => 1 };
var seed = new Option<int?>("--seed") { Description = "The seed of every random choice; drawn and printed if not given." };
var silos = new Option<int?>("--silos") { Description = "The number of silos: one uses a SQLite file, several share a PostgreSQL server. If not given, both have half of the time." };
var mutant = new Option<string?>("--mutant") { Description = "A mutant that every silo is to be: the trial must notice.", HelpName = "NAME" };
var run = new Command("run", "Injects faults into silos and their database at random moments and then checks that every promise was kept.") { minutes, seed, silos, mutant };
silos.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int?>() < 1)
    {
        result.AddError("--silos must be 1 or more.");
    }
});
run.SetAction(async (parsed, cancellationToken) =>
{
    int[] sizes = parsed.GetValue(silos) is { } size ? [size] : [1, 3];
    var breaches = 0;
    foreach (var count in sizes)
    {
        var length = TimeSpan.FromMinutes(parsed.GetValue(minutes) / sizes.Length);
        var trial = new KillRun(parsed.GetValue(seed) ?? Random.Shared.Next(), length, count, Console.WriteLine) { Mutant = parsed.GetValue(mutant) };
        breaches += (await trial.RunAsync(cancellationToken)).Count;
    }

    // What the backup restores is a world of its own, so it is no fault among the others.
    breaches += sizes.Contains(1) ? (await new RestoreRun(Console.WriteLine).RunAsync(cancellationToken)).Count : 0;
    return breaches == 0 ? 0 : 1;
});

var mutants = new Command("mutants", "Runs every mutant in a small world and checks that the checker names the promise that each breaks.");
mutants.SetAction(async (_, cancellationToken) =>
{
    var missed = await new MutantWorld(Console.WriteLine).RunAsync(cancellationToken);
    missed.ToList().ForEach(Console.WriteLine);
    return missed.Count == 0 ? 0 : 1;
});

var restore = new Command("restore", "Takes a backup while executions run, goes on, restores it and checks what must hold then.");
restore.SetAction(async (_, cancellationToken) => (await new RestoreRun(Console.WriteLine).RunAsync(cancellationToken)).Count == 0 ? 0 : 1);

var members = new Option<int>("--silos") { Description = "How many silos.", DefaultValueFactory = _ => 2 };
var freeze = new Command("freeze", "Freezes a silo until another has taken its work over, wakes it up and checks that it does nothing twice.") { members };
freeze.SetAction(async (parsed, cancellationToken) =>
    (await new FreezeRun(parsed.GetValue(members), Console.WriteLine).RunAsync(cancellationToken)).Count == 0 ? 0 : 1);

var executions = new Option<int>("--executions") { Description = "How many executions they watch.", DefaultValueFactory = _ => 30_000 };
var cadence = new Option<double>("--cadence") { Description = "The seconds between two polls of each.", DefaultValueFactory = _ => 5 };
var cluster = new Command("cluster", "Measures how three silos share executions when the third joins and when one is killed.") { executions, cadence };
cluster.SetAction(async (parsed, cancellationToken) =>
{
    var trial = new ClusterTrial(parsed.GetValue(executions), TimeSpan.FromSeconds(parsed.GetValue(cadence)), Console.WriteLine);
    return await trial.RunAsync(cancellationToken) ? 0 : 1;
});

return await new RootCommand("Kill tests: silos as processes, killed, frozen and set wrong again and again.") { host, run, mutants, restore, freeze, cluster }
    .Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
