namespace Vigil.Kill;

/// <summary>Kills and freezes silos at random moments, again and again, and keeps the times.</summary>
internal sealed class Chaos(IReadOnlyList<SiloProcess> silos, Random random, TimeProvider time, Action<string> say)
{
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _windows = [];

    public int Kills { get; private set; }

    public int Freezes { get; private set; }

    /// <summary>Runs until stopped, and leaves every silo running.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1500, 9000)), time, stop);
                await HurtAsync(silos[random.Next(silos.Count)]);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            say($"{Kills} kills and {Freezes} freezes done.");
        }
    }

    /// <summary>Tells whether a silo was down or frozen, or had just been, somewhere between two moments.</summary>
    public bool Touched(DateTimeOffset from, DateTimeOffset to) =>
        _windows.Any(window => window.From <= to && window.To + TimeSpan.FromSeconds(30) >= from);

    private async Task HurtAsync(SiloProcess silo)
    {
        var from = time.GetUtcNow();
        var length = TimeSpan.FromMilliseconds(random.Next(100, 14_000));
        if (random.Next(3) > 0)
        {
            Kills++;
            await silo.KillAsync();
            await Task.Delay(length / 10, time);
            silo.Start();
        }
        else
        {
            Freezes++;
            silo.Freeze();
            await Task.Delay(length, time);
            silo.Thaw();
        }

        _windows.Add((from, time.GetUtcNow()));
    }
}
