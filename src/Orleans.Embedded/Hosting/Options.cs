namespace Orleans.Configuration
{
    /// <summary>How long activations that nobody uses stay in memory.</summary>
    public class GrainCollectionOptions
    {
        /// <summary>Gets or sets how often idle activations are looked for. Default: 1 minute.</summary>
        public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>Gets or sets how long an activation stays without being used. Default: 15 minutes.</summary>
        public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

        /// <summary>Gets or sets the collection ages of single grain classes, by their full names.</summary>
        public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

        /// <summary>Gets or sets how long an activation may take to begin. Default: 30 seconds.</summary>
        public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>Gets or sets how long an activation may take to end. Default: 30 seconds.</summary>
        public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    /// <summary>How calls are made.</summary>
    public abstract class MessagingOptions
    {
        /// <summary>Gets or sets how long a caller waits for an answer. Default: 30 seconds.</summary>
        public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
    }

    /// <summary>How silos make calls.</summary>
    public class SiloMessagingOptions : MessagingOptions
    {
        /// <summary>Gets or sets how often a call that came too late for an activation is sent on to the next. Default: 2.</summary>
        public int MaxForwardCount { get; set; } = 2;
    }

    /// <summary>How a client outside of any silo makes calls.</summary>
    public class ClientMessagingOptions : MessagingOptions;

    /// <summary>What the cluster is called.</summary>
    public class ClusterOptions
    {
        /// <summary>Gets or sets the cluster's id. Default: "default".</summary>
        public string ClusterId { get; set; } = "default";

        /// <summary>Gets or sets the service's id, which outlives clusters. Default: "default".</summary>
        public string ServiceId { get; set; } = "default";
    }

    /// <summary>How memory storage works. There is nothing to choose.</summary>
    public class MemoryGrainStorageOptions;

    /// <summary>What a silo is called.</summary>
    public class SiloOptions
    {
        /// <summary>Gets or sets the silo's name.</summary>
        public string SiloName { get; set; } = $"Silo_{Guid.NewGuid().ToString("N")[..5]}";
    }
}

namespace Orleans.Hosting
{
    /// <summary>How reminders are kept.</summary>
    public sealed class ReminderOptions
    {
        /// <summary>Gets or sets the least period that is accepted. Default: 1 minute.</summary>
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
    }
}
