using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.TestingHost;

namespace Vigil.Benchmarks;

/// <summary>
/// Which share of the reports from executions to their steps goes to another silo, and what does a report cost, where steps are placed by activation
/// count and where they are placed beside their execution? Three silos in this process.
/// </summary>
internal static class PlacementBenchmark
{
    private const short Silos = 3;
    private const int Executions = 300;
    private const int Steps = 10;
    private const int Rounds = 40;

    public static async Task<int> RunAsync()
    {
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) => silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error)));
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        await cluster.WaitForLivenessToStabilizeAsync();
        Console.WriteLine($"{Silos} silos, {Executions} executions with {Steps} steps each, {Executions * Steps * Rounds:N0} reports; the first of each step places it");
        foreach (var type in new[] { CountedStep.Type, LocalStep.Type })
        {
            await RoundAsync(cluster.Client, type, 1);
            var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var crossed = await RoundAsync(cluster.Client, type, Rounds);
            var (took, used) = (Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - cpu);
            const double Reports = Executions * Steps * Rounds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{type,-12} {crossed / Reports,6:P0} to another silo   {Reports / took.TotalSeconds,9:N0} reports/s   {used.TotalMicroseconds / Reports,6:N1} us of CPU a report"));
        }

        return 0;
    }

    private static async Task<int> RoundAsync(IGrainFactory grains, string type, int rounds) => (await Task.WhenAll(
        Enumerable.Range(0, Executions).Select(number => grains.GetGrain<IReportingGrain>($"execution/{number}").ReportAsync(type, Steps, rounds)))).Sum();
}

/// <summary>Stands for an execution.</summary>
[Alias("benchmarks.IReportingGrain")]
internal interface IReportingGrain : IGrainWithStringKey
{
    /// <summary>Tells each of its steps so often, and returns how many reports another silo took.</summary>
    [Alias("Report")]
    Task<int> ReportAsync(string stepType, int steps, int rounds);
}

/// <summary>Stands for a step.</summary>
[Alias("benchmarks.IReceivingGrain")]
internal interface IReceivingGrain : IGrainWithStringKey
{
    /// <summary>Takes a report and returns whether it came from another silo.</summary>
    [Alias("Tell")]
    Task<bool> TellAsync(SiloAddress from, string report);
}

[ActivationCountBasedPlacement]
internal sealed class ReportingGrain(ILocalSiloDetails silo) : Grain, IReportingGrain
{
    private static readonly string Body = new('x', 300);

    public async Task<int> ReportAsync(string stepType, int steps, int rounds)
    {
        var receivers = Enumerable.Range(0, steps)
            .Select(step => GrainFactory.GetGrain<IReceivingGrain>(GrainId.Create(stepType, $"{this.GetPrimaryKeyString()}/{step}"))).ToArray();
        var crossed = 0;
        for (var round = 0; round < rounds; round++)
        {
            crossed += (await Task.WhenAll(receivers.Select(receiver => receiver.TellAsync(silo.SiloAddress, Body)))).Count(elsewhere => elsewhere);
        }

        return crossed;
    }
}

[GrainType(Type), ActivationCountBasedPlacement]
internal sealed class CountedStep(ILocalSiloDetails silo) : Grain, IReceivingGrain
{
    public const string Type = "counted-step";

    public Task<bool> TellAsync(SiloAddress from, string report) => Task.FromResult(!from.Equals(silo.SiloAddress));
}

[GrainType(Type), PreferLocalPlacement]
internal sealed class LocalStep(ILocalSiloDetails silo) : Grain, IReceivingGrain
{
    public const string Type = "local-step";

    public Task<bool> TellAsync(SiloAddress from, string report) => Task.FromResult(!from.Equals(silo.SiloAddress));
}
