using Orleans.Runtime;

namespace Orleans.Concurrency
{
    /// <summary>Lets a method start while other requests of the same grain are waiting for something.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AlwaysInterleaveAttribute : Attribute;

    /// <summary>Makes a method one-way: the caller goes on at once and learns neither the end nor the failure.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class OneWayAttribute : Attribute;
}

namespace Orleans.Placement
{
    /// <summary>Decides on which silo a grain is activated.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public abstract class PlacementAttribute : Attribute
    {
        private protected PlacementAttribute()
        {
        }
    }

    /// <summary>Activates a grain on a silo that has few activations.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class ActivationCountBasedPlacementAttribute : PlacementAttribute;
}

namespace Orleans
{
    /// <summary>Sets for one grain class how long an activation stays without being used.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class CollectionAgeLimitAttribute : Attribute
    {
        /// <summary>The least age that is accepted.</summary>
        public static readonly TimeSpan MinAgeLimit = TimeSpan.FromMinutes(1);

        /// <summary>Gets or sets the days of the age.</summary>
        public double Days { get; set; }

        /// <summary>Gets or sets the hours of the age.</summary>
        public double Hours { get; set; }

        /// <summary>Gets or sets the minutes of the age.</summary>
        public double Minutes { get; set; }

        /// <summary>Gets or sets a value indicating whether the activation stays for ever.</summary>
        public bool AlwaysActive { get; set; }

        /// <summary>Gets the age.</summary>
        public TimeSpan AgeLimit
        {
            get
            {
                var age = AlwaysActive
                    ? TimeSpan.FromDays(short.MaxValue)
                    : TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
                return age < MinAgeLimit ? MinAgeLimit : age;
            }
        }
    }

    /// <summary>Names a grain class in its <see cref="GrainType"/>, instead of a name derived from the class.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class GrainTypeAttribute(string grainType) : Attribute
    {
        internal GrainType GrainType { get; } = GrainType.Create(grainType);
    }
}
