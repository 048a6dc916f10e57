namespace Vigil.Platforms;

/// <summary>A connection's standing rule to watch the platform's runs even if Vigil did not start them.</summary>
public sealed record AdoptRule
{
    /// <summary>The highest <see cref="MaxWatched"/>.</summary>
    public const int MaxMaxWatched = 100_000;

    /// <summary>Gets the ids of the targets whose runs are watched; empty for all.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Gets how many of these runs may be watched at a time, from 1 to 100,000; further ones are left alone until one ends. Required.</summary>
    public int MaxWatched { get; init; }

    /// <summary>Gets the time between two readings of the platform's list, from 0.1 seconds to 1 hour; null for the connection's cadence.</summary>
    public TimeSpan? Interval { get; init; }

    internal void Check(IPlatform platform, ICollection<string> errors)
    {
        errors.AddIf(MaxWatched is < 1 or > MaxMaxWatched, $"Adopt:MaxWatched must be given, from 1 to {MaxMaxWatched}: how many runs may be watched at a time.");
        errors.AddIf(
            Interval is { } interval && (interval < TimeSpan.FromMilliseconds(100) || interval > TimeSpan.FromHours(1)), "Adopt:Interval must be from 00:00:00.1 to 01:00:00.");
        errors.AddIf(
            Targets.Count > RunFilter.MaxTargets || Targets.Any(id => !RemotePath.IsValidId(id) || id.Contains(',', StringComparison.Ordinal)),
            $"Adopt:Targets must be at most {RunFilter.MaxTargets} ids of targets.");
        errors.AddIf(platform.RunFilters.Count == 0, $"Adopt cannot be used: platform '{platform.Name}' cannot list its runs.");
    }
}
