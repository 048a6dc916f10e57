using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans
{
    /// <summary>A grain that can be reminded.</summary>
    public interface IRemindable : IGrain
    {
        /// <summary>Takes a reminder's tick.</summary>
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    /// <summary>Where reminders are stored.</summary>
    public interface IReminderTable
    {
        /// <summary>Opens the table.</summary>
        Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        /// <summary>Reads a grain's reminders.</summary>
        Task<ReminderTableData> ReadRows(GrainId grainId);

        /// <summary>Reads the reminders of the grains whose hash is in a range.</summary>
        Task<ReminderTableData> ReadRows(uint begin, uint end);

        /// <summary>Reads one reminder.</summary>
        Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

        /// <summary>Writes a reminder and returns its new version.</summary>
        Task<string?> UpsertRow(ReminderEntry entry);

        /// <summary>Removes a reminder if its version is still the same.</summary>
        Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

        /// <summary>Removes everything; for tests.</summary>
        Task TestOnlyClearTable();

        /// <summary>Closes the table.</summary>
        Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }

    /// <summary>Stored reminders.</summary>
    [GenerateSerializer]
    public sealed class ReminderTableData
    {
        /// <summary>Initializes a new instance of the <see cref="ReminderTableData"/> class with no reminder.</summary>
        public ReminderTableData() => Reminders = [];

        /// <summary>Initializes a new instance of the <see cref="ReminderTableData"/> class.</summary>
        public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = [.. list];

        /// <summary>Initializes a new instance of the <see cref="ReminderTableData"/> class with one reminder.</summary>
        public ReminderTableData(ReminderEntry entry) => Reminders = [entry];

        /// <summary>Gets the reminders.</summary>
        [Id(0)]
        public IList<ReminderEntry> Reminders { get; private set; }
    }

    /// <summary>A stored reminder.</summary>
    [GenerateSerializer]
    public sealed class ReminderEntry
    {
        /// <summary>Gets or sets the grain.</summary>
        [Id(0)]
        public GrainId GrainId { get; set; }

        /// <summary>Gets or sets the name.</summary>
        [Id(1)]
        public string ReminderName { get; set; } = null!;

        /// <summary>Gets or sets when it ticks first, in UTC.</summary>
        [Id(2)]
        public DateTime StartAt { get; set; }

        /// <summary>Gets or sets the time between two ticks.</summary>
        [Id(3)]
        public TimeSpan Period { get; set; }

        /// <summary>Gets or sets the version.</summary>
        [Id(4)]
        public string? ETag { get; set; }

        /// <inheritdoc/>
        public override string ToString() => $"<GrainId={GrainId} ReminderName={ReminderName} Period={Period}>";
    }

    /// <summary>What a remindable grain can ask for.</summary>
    public static class GrainReminderExtensions
    {
        /// <summary>Registers a reminder, or changes the one with this name.</summary>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
        {
            ArgumentNullException.ThrowIfNull(grain);
            ThrowIfBlank(reminderName);
            return grain is IRemindable
                ? Service(grain).RegisterOrUpdateAsync(grain.GrainContext.GrainId, reminderName, dueTime, period)
                : throw new InvalidOperationException($"{grain.GetType()} is not {nameof(IRemindable)}, so it cannot have reminders.");
        }

        /// <summary>Removes a reminder.</summary>
        public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder)
        {
            ArgumentNullException.ThrowIfNull(grain);
            return Service(grain).UnregisterAsync((ReminderData)reminder);
        }

        /// <summary>Gets one of the grain's reminders, or null.</summary>
        public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName)
        {
            ArgumentNullException.ThrowIfNull(grain);
            ThrowIfBlank(reminderName);
            return Service(grain).GetAsync(grain.GrainContext.GrainId, reminderName);
        }

        /// <summary>Gets all of the grain's reminders.</summary>
        public static Task<List<IGrainReminder>> GetReminders(this Grain grain)
        {
            ArgumentNullException.ThrowIfNull(grain);
            return Service(grain).GetAllAsync(grain.GrainContext.GrainId);
        }

        private static void ThrowIfBlank(string reminderName)
        {
            if (string.IsNullOrWhiteSpace(reminderName))
            {
                throw new ArgumentNullException(nameof(reminderName));
            }
        }

        private static ReminderService Service(Grain grain)
        {
            RuntimeContext.Check((Activation)grain.GrainContext);
            return grain.ServiceProvider.GetService<ReminderService>()
                ?? throw new OrleansConfigurationException("The reminder service has not been configured.");
        }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A registered reminder.</summary>
    public interface IGrainReminder
    {
        /// <summary>Gets its name.</summary>
        string ReminderName { get; }
    }

    /// <summary>One tick of a reminder.</summary>
    [GenerateSerializer, Immutable]
    public readonly struct TickStatus
    {
        /// <summary>Initializes a new instance of the <see cref="TickStatus"/> struct.</summary>
        public TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
        {
            FirstTickTime = firstTickTime;
            Period = period;
            CurrentTickTime = timeStamp;
        }

        /// <summary>Gets when the reminder ticked first, in UTC.</summary>
        [Id(0)]
        public DateTime FirstTickTime { get; }

        /// <summary>Gets the time between two ticks.</summary>
        [Id(1)]
        public TimeSpan Period { get; }

        /// <summary>Gets when this tick was made, in UTC.</summary>
        [Id(2)]
        public DateTime CurrentTickTime { get; }

        /// <inheritdoc/>
        public override string ToString() => $"<{FirstTickTime}, {Period}, {CurrentTickTime}>";
    }

    /// <summary>A reminder could not be registered or removed.</summary>
    [GenerateSerializer]
    public sealed class ReminderException : OrleansException
    {
        /// <summary>Initializes a new instance of the <see cref="ReminderException"/> class.</summary>
        public ReminderException(string message)
            : base(message)
        {
        }
    }
}
