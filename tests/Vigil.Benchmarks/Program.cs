using Vigil.Benchmarks;

return args switch
{
    ["storage", .. var rest] => await StorageBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: Vigil.Benchmarks storage [rows]");
    return 2;
}
