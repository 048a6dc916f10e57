namespace Vigil.Kill;

/// <summary>Hurts silos and their database at random moments, again and again, and keeps the times.</summary>
internal sealed class Chaos
{
    // What a clock that is set wrong, or a silo that is dead for its neighbours only, can still cause afterwards.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<SiloProcess> _silos;
    private readonly int _mostClockSeconds;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _windows = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly (string Name, int Weight, Func<Task> HurtAsync)[] _ways;

    public Chaos(IReadOnlyList<SiloProcess> silos, ITrialStore store, TimeSpan length, Random random, TimeProvider time)
    {
        _silos = silos;

        // A cluster whose clocks are far apart is no cluster; a single silo bears more. A deadline that is set by a clock ahead is waited for afterwards.
        _mostClockSeconds = silos.Count > 1 ? 5 : (int)Math.Min(90, length.TotalSeconds);
        _random = random;
        _time = time;
        _ways =
        [
            ("killed", 6, KillAsync),
            ("killed at a write", 6, KillAtWriteAsync),
            ("frozen", 6, FreezeAsync),
            ("clock set", 3, SetClockAsync),
            .. store.Troubles.Select(trouble => (trouble.Name, 2, (Func<Task>)(() => trouble.HurtAsync(Between(1, 9))))),
        ];
    }

    public int Count => _counts.Values.Sum();

    public string Summary => string.Join(", ", _counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}"));

    /// <summary>Runs until stopped, and leaves every silo running and nothing hurt.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Between(0.5, 7), _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
            {
                await HurtAsync();
            }
        }

        await Task.WhenAll(_silos.Where(silo => silo.ClockSeconds != 0).Select(SetRightAsync));
    }

    /// <summary>Tells whether something was hurt, or had just been, somewhere between two moments.</summary>
    public bool Touched(DateTimeOffset from, DateTimeOffset to) => _windows.Any(window => window.From <= to && window.To + Aftermath >= from);

    // One that is on its way up starts with the right clock or is told, whichever comes first.
    private async Task SetRightAsync(SiloProcess silo)
    {
        for (var tries = 0; tries < 120 && !await silo.SetClockAsync(0); tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), _time);
        }
    }

    private async Task HurtAsync()
    {
        var from = _time.GetUtcNow();
        var draw = _random.Next(_ways.Sum(way => way.Weight));
        var (name, _, hurtAsync) = _ways.First(way => (draw -= way.Weight) < 0);
        await hurtAsync();
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        _windows.Add((from, _time.GetUtcNow()));
    }

    private async Task KillAsync()
    {
        // Now and then all at once, as when the power fails.
        var victims = _random.Next(5) == 0 ? _silos : [Victim()];
        await Task.WhenAll(victims.Select(silo => silo.KillAsync()));
        await Task.Delay(Between(0.01, 1.5), _time);
        foreach (var silo in victims)
        {
            silo.Start();
        }
    }

    private Task KillAtWriteAsync() => Victim().DieAtWriteAsync(_random.Next(1, 40), TimeSpan.FromSeconds(10));

    private async Task FreezeAsync()
    {
        var silo = Victim();
        silo.Freeze();
        await Task.Delay(Between(0.1, 14), _time);
        silo.Thaw();
    }

    private Task<bool> SetClockAsync() => Victim().SetClockAsync(_random.Next(2) == 0 ? 0 : _random.Next(-_mostClockSeconds, _mostClockSeconds + 1));

    private SiloProcess Victim() => _silos[_random.Next(_silos.Count)];

    private TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(least + (_random.NextDouble() * (most - least)));
}
