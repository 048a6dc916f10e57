using Vigil.Benchmarks;

return args switch
{
    ["nats", .. var rest] => await NatsBenchmark.RunAsync(rest),
    ["orleans", .. var rest] => await OrleansBenchmark.RunAsync(rest),
    ["simulator", .. var rest] => await SimulatorBenchmark.RunAsync(rest),
    ["starts"] => await StartBenchmark.RunAsync(),
    ["storage", .. var rest] => await StorageBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Vigil.Benchmarks nats [runs] | orleans [grains] | simulator [runs] | starts | storage [rows]");
    return 2;
}
