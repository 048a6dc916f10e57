namespace Vigil.Platforms;

/// <summary>A kind of remote API. One of your own is added with <see cref="PlatformRegistration.AddVigilPlatform"/>.</summary>
public interface IPlatform
{
    /// <summary>Gets its name in configuration and in the API, such as <c>gloriamundo</c>.</summary>
    string Name { get; }

    /// <summary>Gets the kinds of target it runs.</summary>
    IReadOnlyList<string> TargetKinds { get; }

    /// <summary>
    /// Gets the filters of <see cref="IPlatformConnection.ListRunsAsync"/>, by their names in the HTTP API (<see cref="RunListFilters"/>); empty if the
    /// platform cannot list its runs.
    /// </summary>
    IReadOnlyList<string> RunFilters => [];

    /// <summary>Validates a connection's settings; adds errors to <paramref name="errors"/>, each naming the setting and what is allowed.</summary>
    void Validate(ConnectionOptions connection, ICollection<string> errors);

    /// <summary>Opens a configured account. <paramref name="http"/> has no base address, does not follow redirects and has no time-out.</summary>
    IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time);
}
