namespace Vigil.Platforms.Agentic;

/// <summary>The options of a start. The platform runs a version that is given by its id only as a draft.</summary>
internal static class FlowOptions
{
    private const string Draft = "draft";
    private const string Version = "flow_version_id";

    public static StartOptions All { get; } = new(
        StartOption.Flag(Draft, "Runs the flow's latest version although it is not published; by default its latest published one."),
        StartOption.Text(Version, RequestLimits.MaxRemoteIdLength, "The version to run, as a draft; the same as target.version."));

    /// <summary>Adds the errors of options that contradict each other or the target.</summary>
    public static void Check(StartExecution request, ICollection<FieldError> errors)
    {
        var given = new GivenOptions(request.Options);
        errors.AddIf(
            given.Text(Version) is { } version && request.Target.Version is { } other && version != other,
            $"options.{Version}",
            () => "must be omitted or the same as target.version.");
        errors.AddIf(
            given[Draft] is { ValueKind: JsonValueKind.False } && (given.Text(Version) ?? request.Target.Version) is not null,
            $"options.{Draft}",
            () => "must be omitted or true if a version is given: the platform runs a version by its id only as a draft.");
    }

    public static string? VersionOf(RunRequest request) => request.Target.Version ?? new GivenOptions(request.Options).Text(Version);

    public static bool WantsDraft(RunRequest request) => new GivenOptions(request.Options)[Draft] is { ValueKind: JsonValueKind.True };
}
