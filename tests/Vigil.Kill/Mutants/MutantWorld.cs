using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Vigil.Silo;
using Vigil.Simulator;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>
/// A small trial in this process, without hurts but with every mutant: each concerns an order of its own, beside orders that none concerns, or a silo of its
/// own. What the checker sees is real, and it must name each mutant's promise and say nothing of the others.
/// </summary>
internal sealed class MutantWorld(Action<string> say)
{
    // A second of a script takes this many seconds.
    private const double Pace = 0.2;
    private const int PlainOrders = 10;

    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan SilenceLength = TimeSpan.FromSeconds(8);
    private static readonly string[] OnOwnSilo = ["always ready", "chatters", "says it all"];
    private static readonly string[] OnLastSilo = ["quits"];

    private static readonly TrialLimits Limits = new()
    {
        RequestTimeout = TimeSpan.FromSeconds(2),
        MaxUnwatched = TimeSpan.FromSeconds(8),
        Aftermath = TimeSpan.FromSeconds(2),
        Wait = TimeSpan.FromSeconds(6),
        WaitGrace = TimeSpan.FromSeconds(3),
        StoreGrace = TimeSpan.FromSeconds(2),
    };

    private readonly TimeProvider _time = TimeProvider.System;

    /// <returns>What was wrong with the checker: a mutant that it did not name, or an order that it blamed without a reason.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("vigil-mutants-");
        try
        {
            var record = await RecordAsync(folder, cancellationToken);
            var breaches = Checker.Judge(record);
            return [.. AllMutants.All.SelectMany(mutant => Missed(mutant, breaches, record)), .. Blamed(breaches), .. Unguarded()];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Unguarded() => Checker.Promises
        .Where(promise => AllMutants.All.All(mutant => mutant.Breaks != promise.Name)).Select(promise => $"the promise '{promise.Name}' has no mutant");

    private IEnumerable<string> Missed(Mutant mutant, IReadOnlyList<Breach> breaches, TrialRecord record)
    {
        var own = breaches.Where(breach => breach.Key == MutantSwitch.KeyOf(mutant) || (mutant.IsGlobal && breach.Promise == mutant.Breaks)).ToList();
        var named = own.Find(breach => breach.Promise == mutant.Breaks && breach.Text.Contains(mutant.Says, StringComparison.Ordinal));
        say($"{mutant.Name}: {named} ({own.Count} in all)");
        if (named is null)
        {
            var key = MutantSwitch.KeyOf(mutant);
            say($"  {record.Executions.GetValueOrDefault(key)?.Execution}");
            say($"  {record.RunsOf[key].FirstOrDefault()}");
            say($"  {string.Join(", ", record.Waits.Where(wait => wait.Key == key).Select(wait => $"{wait.AskedAt:HH:mm:ss.f} {wait.AnsweredAt:HH:mm:ss.f} {wait.Outcome}"))}");
            say($"  {string.Join(", ", record.Hurts.All)}");

            yield return $"the mutant '{mutant.Name}' breaks '{mutant.Breaks}', which the checker did not see; it named {string.Join(", ", own.Select(breach => breach.Promise).Distinct())}";
        }
    }

    private static IEnumerable<string> Blamed(IReadOnlyList<Breach> breaches) =>
        breaches.Where(breach => breach.Key?.StartsWith("plain", StringComparison.Ordinal) == true).Select(breach => $"no mutant concerns this order: {breach}");

    private async Task<TrialRecord> RecordAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        await using var platforms = await Platforms.StartAsync(seed: 1, Limits, cancellationToken);
        await using var log = await DeliveryLog.StartAsync(cancellationToken);
        var hurts = new HurtLog(_time);
        var silos = new List<WorldSilo>
        {
            await WorldSilo.StartAsync(0, folder, platforms, log, AllMutants.All.Where(mutant => !OnOwnSilo.Contains(mutant.Name) && !OnLastSilo.Contains(mutant.Name)), cancellationToken),
            await WorldSilo.StartAsync(1, folder, platforms, log, OnOwnSilo.Select(AllMutants.Named), cancellationToken),
            await WorldSilo.StartAsync(2, folder, platforms, log, OnLastSilo.Select(AllMutants.Named), cancellationToken),
        };
        try
        {
            List<Order> orders = [.. AllMutants.All.Where(mutant => !OnOwnSilo.Concat(OnLastSilo).Contains(mutant.Name)).Select(OrderOf), .. Enumerable.Range(1000, PlainOrders).Select(Order.Plain)];
            Uri[] addresses = [silos[0].Address];
            using var caller = new Caller(addresses, new Random(1), Limits, _time);
            using var probe = new ReadinessProbe([.. silos.Select(silo => silo.Address)], _time);
            using var collector = new Collector(addresses, log, _time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var probing = probe.RunAsync(stop.Token);
            var calling = Task.WhenAll(orders.Select(order => CallAsync(caller, platforms, order, stop.Token)));
            await SilenceAsync(platforms.Faults, orders.Single(order => order.Key.StartsWith("keeps-asking", StringComparison.Ordinal)), hurts, cancellationToken);

            using var settle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            settle.CancelAfter(SettleTime);
            var executions = await collector.SettleAsync(orders, settle.Token);
            var stored = await collector.ReadEventsAsync();
            await collector.WaitUntilDeliveredAsync([.. stored.Where(line => line.ExecutionId.StartsWith("plain", StringComparison.Ordinal))], SettleTime);
            await silos[1].StopAsync(hurts);
            await stop.CancelAsync();
            await Task.WhenAll(probing, calling);
            return new()
            {
                Orders = orders,
                Executions = executions,
                SettledInTime = true,
                Runs = platforms.Ledger(),
                Requests = platforms.Requests,
                Budgets = Platforms.Budgets,
                Stored = stored,
                Delivered = log.All,
                Journal = [.. silos.SelectMany(silo => Journal.Read(silo.Number, silo.JournalPath))],
                Hurts = hurts,
                Waits = caller.Waits,
                Readiness = probe.Answers,
                Outputs = [.. silos.Select(silo => silo.Output)],
                Limits = Limits,
            };
        }
        finally
        {
            await Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
        }
    }

    private static Order OrderOf(Mutant mutant, int number) => new()
    {
        Key = MutantSwitch.KeyOf(mutant),
        Number = number,
        Platform = mutant.Platform,
        TargetKind = mutant.Target,
        FollowUp = mutant.FollowUp,
        IsAwaited = mutant.IsAwaited,
        IsSlow = mutant.IsSlow,
        DeadlineSeconds = mutant.DeadlineSeconds,
    };

    private static async Task CallAsync(Caller caller, Platforms platforms, Order order, CancellationToken stop)
    {
        platforms.Prepare(order, order.IsSlow ? 1 : Pace);
        await caller.StartAsync(order, stop);
        if (order.FollowUp is not FollowUp.None)
        {
            // What is still queued ends without ever having been sent.
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, stop);
            await caller.FollowUpAsync(order, stop);
        }

        if (order.IsAwaited)
        {
            await caller.AwaitAsync(order, stop);
        }
    }

    /// <summary>Leaves one order's starts without an answer.</summary>
    private async Task SilenceAsync(FaultBook faults, Order order, HurtLog hurts, CancellationToken cancellationToken)
    {
        const string Id = $"{PlatformFaults.Silence}world";
        using var silence = hurts.Begin(HurtKind.PlatformSilent, detail: order.Platform);
        faults.Add(new() { Id = Id, Kind = FaultKind.Delay, DelaySeconds = 3600, Operation = "start", Target = order.Target });
        await Task.Delay(SilenceLength, _time, cancellationToken);
        faults.Remove(Id);
    }

    /// <summary>One silo in this process.</summary>
    private sealed class WorldSilo : IAsyncDisposable
    {
        private readonly LineCounter _lines;
        private readonly Journal _journal;
        private RunningSilo _silo = null!;
        private readonly CancellationTokenSource _stop = new();
        private Task _life = Task.CompletedTask;
        private int _unexpected;

        private WorldSilo(int number, DirectoryInfo folder)
        {
            (Number, JournalPath, _lines) = (number, Path.Combine(folder.FullName, $"{number}.journal"), new());
            _journal = new(JournalPath);
        }

        public int Number { get; }

        public string JournalPath { get; }

        public Uri Address { get; private set; } = null!;

        public SiloOutput Output => new(Number, Lives: 1, _lines.Lines, _lines.LongestLine, _unexpected);

        public static async Task<WorldSilo> StartAsync(
            int number, DirectoryInfo folder, Platforms platforms, DeliveryLog log, IEnumerable<Mutant> mutants, CancellationToken cancellationToken)
        {
            var world = new WorldSilo(number, folder);
            var settings = new Dictionary<string, string?>(platforms.Connections)
            {
                [LogSubscriber.AddressSetting] = log.Address.ToString(),
                ["Vigil:Stopping:ReadinessDelay"] = "00:00:03",
            };
            var options = new SiloOptions(Path.Combine(folder.FullName, $"data-{number}"), Port: 0, Simulate: false) { Settings = settings };
            world._silo = await TrialSilo.StartAsync(
                options, new ShiftedTime(), world._journal, MutantSwitch.ByKey(mutants), cancellationToken,
                services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(world._lines));
            world.Address = new(world._silo.Address);
            world._life = world.LiveAsync();
            return world;
        }

        public async Task StopAsync(HurtLog hurts)
        {
            using (hurts.Begin(HurtKind.Stopping, Number))
            {
                await _stop.CancelAsync();
                await _life;
            }

            // It stays away until the end.
            hurts.Begin(HurtKind.Stopped, Number);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _life;
            await _silo.DisposeAsync();
            _journal.Dispose();
            _stop.Dispose();
        }

        private async Task LiveAsync()
        {
            await _silo.WaitForShutdownAsync(_stop.Token);
            _unexpected += _stop.IsCancellationRequested ? 0 : 1;
        }
    }

    /// <summary>Counts what a silo logs.</summary>
    private sealed class LineCounter : ILoggerProvider, ILogger
    {
        private int _lines;

        public int Lines => _lines;

        public int LongestLine { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _lines);
            LongestLine = Math.Max(LongestLine, formatter(state, exception).Length);
        }

        public void Dispose()
        {
        }
    }
}
