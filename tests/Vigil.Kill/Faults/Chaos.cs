namespace Vigil.Kill;

/// <summary>Draws faults from a shuffled pack, each kind once before any comes again, in storms with calm between.</summary>
internal sealed class Chaos(TrialContext context, IReadOnlyList<IFault> faults, TimeSpan storm, TimeSpan calm)
{
    private readonly Dictionary<string, int> _counts = [];
    private readonly Queue<IFault> _pack = new();

    public int Count => _counts.Values.Sum();

    public string Summary => string.Join(", ", _counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}"));

    /// <summary>Runs until stopped; afterwards every silo runs and every fault has been undone.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var began = context.Time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            await PauseAsync(context.Between(0.5, 7), stop);
            if (stop.IsCancellationRequested)
            {
                break;
            }

            var fault = Draw();
            await fault.InjectAsync(context);
            _counts[fault.Name] = _counts.GetValueOrDefault(fault.Name) + 1;
            if (context.Time.GetElapsedTime(began) >= storm)
            {
                await PauseAsync(calm, stop);
                began = context.Time.GetTimestamp();
            }
        }

        await Task.WhenAll(context.Silos.Where(silo => silo.ClockSeconds != 0).Select(ResetClockAsync));
    }

    private Task PauseAsync(TimeSpan length, CancellationToken stop) => Task.Delay(length, context.Time, stop).ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private IFault Draw()
    {
        if (_pack.Count == 0)
        {
            IFault[] all = [.. faults.SelectMany(fault => Enumerable.Repeat(fault, fault.Weight))];
            context.Random.Shuffle(all);
            foreach (var fault in all.Distinct().Concat(all))
            {
                _pack.Enqueue(fault);
            }
        }

        return _pack.Dequeue();
    }

    // A silo that is starting either starts with the right clock or has it set by this call.
    private async Task ResetClockAsync(SiloProcess silo)
    {
        for (var tries = 0; tries < 120 && !await silo.SetClockAsync(0); tries++)
        {
            await context.DelayAsync(TimeSpan.FromMilliseconds(500));
        }
    }
}
