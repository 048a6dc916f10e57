using Vigil.Benchmarks;

return args switch
{
    ["client", .. var rest] => await ClientBenchmark.RunAsync(rest),
    ["client-silo", .. var rest] => await ClientSilo.RunAsync(rest),
    ["live", .. var rest] => await LiveBenchmark.RunAsync(rest),
    ["live-platform"] => await LivePlatform.RunAsync(),
    ["nats", .. var rest] => await NatsBenchmark.RunAsync(rest),
    ["orleans", .. var rest] => await OrleansBenchmark.RunAsync(rest),
    ["placement"] => await PlacementBenchmark.RunAsync(),
    ["slow-platform"] => await SlowPlatformBenchmark.RunAsync(),
    ["simulator", .. var rest] => await SimulatorBenchmark.RunAsync(rest),
    ["steps", .. var rest] => await StepsBenchmark.RunAsync(rest),
    ["starts"] => await StartBenchmark.RunAsync(),
    ["storage", .. var rest] => await StorageBenchmark.RunAsync(rest),
    ["writes"] => WriteBenchmark.Run(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Vigil.Benchmarks client [handles] | live [runs] [seconds] | nats [runs] | orleans [grains] | placement | simulator [runs] | slow-platform | starts | steps [executions] | storage [rows] | writes");
    return 2;
}
