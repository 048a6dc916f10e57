namespace Vigil.Platforms;

/// <summary>A kind of remote API. Adding one takes a folder here and a line in <see cref="PlatformRegistration"/>.</summary>
public interface IPlatform
{
    /// <summary>Gets its name in configuration and in the API, such as <c>gloriamundo</c>.</summary>
    string Name { get; }

    /// <summary>Gets the kinds of target it runs.</summary>
    IReadOnlyList<string> TargetKinds { get; }

    /// <summary>Validates a connection's settings; adds errors to <paramref name="errors"/>, each naming the setting and what is allowed.</summary>
    void Validate(ConnectionOptions connection, ICollection<string> errors);

    /// <summary>Opens a configured account. <paramref name="http"/> has no base address, does not follow redirects and has no time-out.</summary>
    IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time);
}
