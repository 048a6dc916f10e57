using System.Runtime.InteropServices;
using Vigil.Silo;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>One silo as a process, to be killed, frozen and stopped from outside.</summary>
internal static class KillHost
{
    public const string DataSetting = "KILL_DATA";
    public const string JournalSetting = "KILL_JOURNAL";
    public const string ClockSetting = "KILL_CLOCK_SECONDS";

    /// <summary>The line that it prints when it has started.</summary>
    public const string UpLine = "kill: up";

    public static async Task RunAsync(int port)
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        var options = new SiloOptions(Environment.GetEnvironmentVariable(DataSetting) ?? "unused", port, Simulate: false);
        var clock = new ShiftedTime();
        clock.Set(TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable(ClockSetting) ?? "0", CultureInfo.InvariantCulture)));
        using var journal = new Journal(Environment.GetEnvironmentVariable(JournalSetting) ?? throw new InvalidOperationException($"{JournalSetting} is not set."));
        await using var silo = await TrialSilo.StartAsync(options, clock, journal, MutantSwitch.Always(Environment.GetEnvironmentVariable(MutantSwitch.Setting)), stop.Token);
        Console.WriteLine(UpLine);
        await silo.WaitForShutdownAsync(stop.Token);
    }
}
