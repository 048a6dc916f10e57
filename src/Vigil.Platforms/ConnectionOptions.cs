namespace Vigil.Platforms;

/// <summary>One configured account on a platform: an entry of the list in section <c>Vigil:Connections</c>.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Gets its name: 1 to 64 characters of <c>a-z 0-9 _ -</c>. Required.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the name of its platform, such as <c>gloriamundo</c>. Required.</summary>
    public string Platform { get; init; } = "";

    /// <summary>Gets the platform's base address; null for the platform's public address, if it has one.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>Gets the credential; either this or <see cref="CredentialFile"/> is required. Never logged and never returned.</summary>
    public string? Credential { get; init; }

    /// <summary>Gets the file that holds the credential; changes take effect without a restart.</summary>
    public string? CredentialFile { get; init; }

    /// <summary>Gets how many executions may run on the platform at once, at least 1; more are accepted and wait. Null for no limit.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>Gets the maximum number of starts a minute, above 0; null for the platform's default.</summary>
    public double? StartsPerMinute { get; init; }

    /// <summary>Gets the maximum number of status and other requests a minute, above 0; null for the platform's default.</summary>
    public double? PollsPerMinute { get; init; }

    /// <summary>Gets the time between two polls of a run, from 0.1 seconds to 1 hour; null for the platform's default.</summary>
    public TimeSpan? Cadence { get; init; }

    /// <summary>Gets how long one request may take, from 0.1 seconds to 10 minutes. Default: 30 seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets what happens to a start whose outcome is unknown and cannot be looked up. Default: <see cref="AmbiguousStart.Fail"/>.</summary>
    public AmbiguousStart AmbiguousStart { get; init; }

    /// <summary>Gets the rule by which runs that were started elsewhere are watched; null for none.</summary>
    public AdoptRule? Adopt { get; init; }

    /// <summary>Gets the platform's own settings, such as a tenant or a dialect; unknown ones are errors.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];

    /// <summary>Returns the name and the platform, without secrets.</summary>
    public override string ToString() => $"{Name} ({Platform})";
}

/// <summary>What happens to a start whose outcome is unknown and cannot be looked up.</summary>
public enum AmbiguousStart
{
    /// <summary>The execution is lost, with the reason <c>start_unconfirmed</c>; no run is ever started twice.</summary>
    Fail = 0,

    /// <summary>It is sent again; the platform may run it twice.</summary>
    Resubmit = 1,
}
