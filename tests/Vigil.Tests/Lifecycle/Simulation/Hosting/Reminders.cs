using Orleans.Timers;

namespace Vigil.Tests.Lifecycle.Simulation.Hosting;

/// <summary>The reminders' table, as a grain reaches it: slowly, and not always. What failed may have been done.</summary>
internal sealed class Reminders(World world, Silo silo) : IReminderRegistry
{
    public Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        ReachAsync<IGrainReminder>(() =>
        {
            world.Cluster.HasReminder = true;
            return new Reminder(reminderName);
        });

    public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder) => ReachAsync(() => world.Cluster.HasReminder = false);

    public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
        ReachAsync<IGrainReminder?>(() => world.Cluster.HasReminder ? new Reminder(reminderName) : null);

    public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) => throw new NotSupportedException();

    private async Task<T> ReachAsync<T>(Func<T> act)
    {
        await silo.Delay(world.Between(0.01, 0.3));
        if (world.Strikes())
        {
            throw new OrleansException("The table cannot be reached.");
        }

        var done = act();
        await silo.Delay(world.Between(0.01, 0.2));
        return world.Strikes() ? throw new OrleansException("The table's answer was lost.") : done;
    }

    private sealed class Reminder(string name) : IGrainReminder
    {
        public string ReminderName => name;
    }
}
