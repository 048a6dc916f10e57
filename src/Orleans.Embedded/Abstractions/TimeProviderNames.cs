namespace Orleans.Runtime
{
    /// <summary>Service keys under which the engine looks for its clocks. A key that nobody registered gets the common clock.</summary>
    public static class TimeProviderNames
    {
        /// <summary>The clock of grain timers.</summary>
        public const string Grains = "Orleans.Grains";

        /// <summary>The clock by which callers wait for answers.</summary>
        public const string Messaging = "Orleans.Messaging";

        /// <summary>The clock of the beginning and end of activations and of their collection.</summary>
        public const string ActivationManagement = "Orleans.ActivationManagement";
    }
}

namespace Orleans.Reminders
{
    /// <summary>The service key under which reminders look for their clock.</summary>
    public static class ReminderTimeProviderNames
    {
        /// <summary>The clock of reminders.</summary>
        public const string Reminders = "Orleans.Reminders";
    }
}
