using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Reminders;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>
/// The reminders of one silo. The table has all; each active silo ticks for an equal range of the grains' hashes, and reads its range
/// when it starts and when the membership changes. Nobody else writes the table, so it need not be read again in between.
/// </summary>
internal sealed class ReminderService(
    Silo silo,
    IReminderTable table,
    IClusterMembershipService membership,
    IGrainFactory grains,
    IOptions<ReminderOptions> options,
    [FromKeyedServices(ReminderTimeProviderNames.Reminders)] TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly Dictionary<(GrainId, string), LocalReminder> _local = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        silo.Reminders = this;
        lifecycle.Subscribe("reminder table", ServiceLifecycleStage.RuntimeGrainServices, table.StartAsync, table.StopAsync);
        lifecycle.Subscribe("reminders", ServiceLifecycleStage.Active, StartAsync, StopAsync);
    }

    public async Task<IGrainReminder> RegisterOrUpdateAsync(GrainId grainId, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        if (period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {name} as requested period ({period}) is less than minimum allowed reminder period ({options.Value.MinimumReminderPeriod})");
        }

        var entry = new ReminderEntry { GrainId = grainId, ReminderName = name, StartAt = (time.GetUtcNow() + dueTime).UtcDateTime, Period = period };
        entry.ETag = await Guarded(table.UpsertRow(entry))
            ?? throw new ReminderException($"Could not register reminder {entry} to reminder table due to a race. Please try again later.");
        Owner(grainId)?.Schedule(entry);
        return new ReminderData(grainId, name, entry.ETag);
    }

    public async Task UnregisterAsync(ReminderData reminder)
    {
        var (grainId, name, etag) = reminder;
        if (!await Guarded(table.RemoveRow(grainId, name, etag)) && await Guarded(table.ReadRow(grainId, name)) is not null)
        {
            throw new ReminderException($"Could not unregister reminder {reminder} from the reminder table, due to tag mismatch. You can retry.");
        }

        Owner(grainId)?.Forget(grainId, name);
    }

    public async Task<IGrainReminder?> GetAsync(GrainId grainId, string name) =>
        await Guarded(table.ReadRow(grainId, name)) is { } entry ? ReminderData.Of(entry) : null;

    public async Task<List<IGrainReminder>> GetAllAsync(GrainId grainId) =>
        [.. (await Guarded(table.ReadRows(grainId))).Reminders.Select(ReminderData.Of)];

    public void Dispose() => _stopping.Dispose();

    // The table belongs to another part of the silo, which answers as any grain does.
    private static async Task<T> Guarded<T>(Task<T> operation)
    {
        try
        {
            return await operation;
        }
        catch (Exception failure)
        {
            throw ExceptionCopier.Copy(failure);
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync();
        _watching = WatchMembershipAsync();
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Keep(_ => false);
    }

    private async Task WatchMembershipAsync()
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(_stopping.Token))
        {
            try
            {
                await RefreshAsync();
            }
            catch (Exception failure)
            {
                silo.Log.LogError(failure, "The reminder table could not be read at membership version {Version}", snapshot.Version);
            }
        }
    }

    private async Task RefreshAsync()
    {
        if (Range() is not var (begin, end))
        {
            return;
        }

        var entries = (await table.ReadRows(begin, end)).Reminders;
        var known = entries.ToDictionary(entry => (entry.GrainId, entry.ReminderName), entry => entry.ETag);
        Keep(reminder => known.TryGetValue((reminder.GrainId, reminder.ReminderName), out var etag) && etag == reminder.ETag);
        foreach (var entry in entries)
        {
            Schedule(entry);
        }
    }

    private (uint Begin, uint End)? Range()
    {
        var silos = silo.Cluster.ActiveSilos;
        var index = silos.ToList().IndexOf(silo);
        return index < 0 ? null : (Bound(index, silos.Count), Bound(index + 1, silos.Count));
    }

    private static uint Bound(int index, int count) => unchecked((uint)((1L << 32) / count * (index % count)));

    // The range of a hash is found by the same bounds: all silos have equal shares, and the last one what is left over.
    private ReminderService? Owner(GrainId grainId)
    {
        var silos = silo.Cluster.ActiveSilos;
        var share = (1L << 32) / Math.Max(silos.Count, 1);
        var hash = grainId.GetUniformHashCode();
        var index = hash == 0 ? silos.Count - 1 : (int)Math.Min((hash - 1) / share, silos.Count - 1);
        return index < 0 ? null : silos[index].Reminders;
    }

    private void Schedule(ReminderEntry entry)
    {
        lock (_local)
        {
            var key = (entry.GrainId, entry.ReminderName);
            if (_local.TryGetValue(key, out var known))
            {
                if (known.Entry.ETag == entry.ETag)
                {
                    return;
                }

                known.Timer.Dispose();
            }

            var reminder = new LocalReminder(entry);
            reminder.Timer = time.CreateTimer(_ => OnDue(reminder), state: null, UntilNext(entry), Timeout.InfiniteTimeSpan);
            _local[key] = reminder;
        }
    }

    private void Forget(GrainId grainId, string name) => Keep(entry => entry.GrainId != grainId || entry.ReminderName != name);

    private void Keep(Func<ReminderEntry, bool> isKept)
    {
        lock (_local)
        {
            foreach (var (key, reminder) in _local.Where(pair => !isKept(pair.Value.Entry)).ToList())
            {
                reminder.Timer.Dispose();
                _local.Remove(key);
            }
        }
    }

    private void OnDue(LocalReminder reminder)
    {
        if (silo.MayRun(() => OnDue(reminder)))
        {
            _ = TickAsync(reminder);
        }
    }

    // The next tick is planned when this one has been taken, so that they never overlap.
    private async Task TickAsync(LocalReminder reminder)
    {
        var entry = reminder.Entry;
        try
        {
            var status = new TickStatus(entry.StartAt, entry.Period, time.GetUtcNow().UtcDateTime);
            await grains.GetGrain<IRemindable>(entry.GrainId).ReceiveReminder(entry.ReminderName, status);
        }
        catch (Exception failure)
        {
            silo.Log.LogWarning(failure, "Reminder {Reminder} was not taken", entry);
        }

        if (!_stopping.IsCancellationRequested)
        {
            reminder.Timer.Change(UntilNext(entry), Timeout.InfiniteTimeSpan);
        }
    }

    // Ticks that were missed are left out.
    private TimeSpan UntilNext(ReminderEntry entry)
    {
        var elapsed = time.GetUtcNow().UtcDateTime - DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc);
        return elapsed < TimeSpan.Zero ? -elapsed : entry.Period - TimeSpan.FromTicks(elapsed.Ticks % entry.Period.Ticks);
    }

    private sealed class LocalReminder(ReminderEntry entry)
    {
        public ReminderEntry Entry => entry;

        public ITimer Timer { get; set; } = null!;
    }
}

/// <summary>A registered reminder, as its grain holds it.</summary>
[GenerateSerializer, Immutable]
internal sealed record ReminderData(GrainId GrainId, string ReminderName, string ETag) : IGrainReminder
{
    public static IGrainReminder Of(ReminderEntry entry) => new ReminderData(entry.GrainId, entry.ReminderName, entry.ETag!);
}
