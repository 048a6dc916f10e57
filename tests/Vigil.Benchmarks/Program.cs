using Vigil.Benchmarks;

return args switch
{
    ["orleans", .. var rest] => await OrleansBenchmark.RunAsync(rest),
    ["simulator", .. var rest] => await SimulatorBenchmark.RunAsync(rest),
    ["starts"] => await StartBenchmark.RunAsync(),
    ["storage", .. var rest] => await StorageBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Vigil.Benchmarks orleans [grains] | simulator [runs] | starts | storage [rows]");
    return 2;
}
