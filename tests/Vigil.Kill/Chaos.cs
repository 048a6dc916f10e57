namespace Vigil.Kill;

/// <summary>Injects faults into silos and their database at random moments and records when it did.</summary>
internal sealed class Chaos
{
    // How long a wrong clock, or a silo that only its neighbours consider dead, can still have effects afterwards.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<SiloProcess> _silos;
    private readonly int _maxClockSeconds;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _windows = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly (string Name, int Weight, Func<Task> InjectAsync)[] _faults;

    public Chaos(IReadOnlyList<SiloProcess> silos, ITrialStore store, TimeSpan length, Random random, TimeProvider time)
    {
        _silos = silos;

        // The silos of a cluster need clocks that are close together; a single silo can bear more, within the trial's length: a deadline set by a clock that is ahead must be waited for afterwards.
        _maxClockSeconds = silos.Count > 1 ? 5 : (int)Math.Min(90, length.TotalSeconds);
        _random = random;
        _time = time;
        _faults =
        [
            ("killed", 6, KillAsync),
            ("killed at a write", 6, KillAtWriteAsync),
            ("frozen", 6, FreezeAsync),
            ("clock set", 3, SetClockAsync),
            .. store.Faults.Select(fault => (fault.Name, 2, (Func<Task>)(() => fault.InjectAsync(Between(1, 9))))),
        ];
    }

    public int Count => _counts.Values.Sum();

    public string Summary => string.Join(", ", _counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}"));

    /// <summary>Runs until stopped; afterwards every silo runs and every fault has been removed.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(Between(0.5, 7), _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
            {
                await InjectAsync();
            }
        }

        await Task.WhenAll(_silos.Where(silo => silo.ClockSeconds != 0).Select(ResetClockAsync));
    }

    /// <summary>Returns whether a fault was active, or could still have effects, between two moments.</summary>
    public bool HadFault(DateTimeOffset from, DateTimeOffset to) => _windows.Any(window => window.From <= to && window.To + Aftermath >= from);

    // A silo that is starting either starts with the right clock or has it set by this call.
    private async Task ResetClockAsync(SiloProcess silo)
    {
        for (var tries = 0; tries < 120 && !await silo.SetClockAsync(0); tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), _time);
        }
    }

    private async Task InjectAsync()
    {
        var from = _time.GetUtcNow();
        var draw = _random.Next(_faults.Sum(fault => fault.Weight));
        var (name, _, injectAsync) = _faults.First(fault => (draw -= fault.Weight) < 0);
        await injectAsync();
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        _windows.Add((from, _time.GetUtcNow()));
    }

    private async Task KillAsync()
    {
        // Sometimes all at once, as in a power failure.
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

    private Task<bool> SetClockAsync() => Victim().SetClockAsync(_random.Next(2) == 0 ? 0 : _random.Next(-_maxClockSeconds, _maxClockSeconds + 1));

    private SiloProcess Victim() => _silos[_random.Next(_silos.Count)];

    private TimeSpan Between(double min, double max) => TimeSpan.FromSeconds(min + (_random.NextDouble() * (max - min)));
}
