namespace Vigil.Platforms.Moderately;

/// <summary>Moderately AI: agent and pipeline executions over REST, polled in batches of up to a hundred.</summary>
internal sealed class ModeratelyPlatform : IPlatform
{
    public const string TeamSetting = "team_id";
    public const string DialectSetting = "dialect";

    public string Name => "moderately";

    public IReadOnlyList<string> TargetKinds => ExecutionKind.Targets;

    public IReadOnlyList<string> RunFilters { get; } = [RunListFilters.Status, RunListFilters.Target];

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
        ConnectionSettings.CheckKnown(connection, errors, TeamSetting, DialectSetting);
        ConnectionSettings.CheckOneOf(connection, errors, DialectSetting, CamelCaseDialect.Name, SnakeCaseDialect.Name);
        errors.AddIf(
            string.IsNullOrWhiteSpace(connection.Settings.GetValueOrDefault(TeamSetting)),
            $"setting {TeamSetting} must be given: every request needs it.");
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time)
    {
        IModeratelyDialect dialect = connection.Settings.GetValueOrDefault(DialectSetting) == SnakeCaseDialect.Name
            ? new SnakeCaseDialect()
            : new CamelCaseDialect();
        return new ModeratelyConnection(connection, http, time, dialect);
    }
}
