namespace Vigil.Platforms.Cognite;

/// <summary>Cognite Data Fusion: workflow executions over REST, watched by listing the running ones.</summary>
internal sealed class CognitePlatform : IPlatform
{
    public const string ProjectSetting = "project";
    public const string TokenAddressSetting = "token_url";
    public const string ClientSetting = "client_id";
    public const string ScopesSetting = "scopes";
    public const string AudienceSetting = "audience";

    public string Name => "cognite";

    public IReadOnlyList<string> TargetKinds => ["workflow"];

    public IReadOnlyList<string> RunFilters { get; } =
    [
        RunListFilters.Status, RunListFilters.Target, RunListFilters.Version, RunListFilters.CreatedAfter, RunListFilters.CreatedBefore, RunListFilters.Trigger,
    ];

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
        ConnectionSettings.CheckKnown(connection, errors, ProjectSetting, TokenAddressSetting, ClientSetting, ScopesSetting, AudienceSetting);
        errors.AddIf(connection.BaseAddress is null, "BaseAddress must be given: the address of the cluster, such as https://westeurope-1.cognitedata.com/.");
        errors.AddIf(
            connection.Settings.GetValueOrDefault(ProjectSetting) is not { } project || !RemotePath.IsValidId(project),
            $"setting {ProjectSetting} must be given.");
        var token = connection.Settings.GetValueOrDefault(TokenAddressSetting);
        var hasClient = !string.IsNullOrWhiteSpace(connection.Settings.GetValueOrDefault(ClientSetting));
        errors.AddIf(
            token is null != !hasClient,
            $"settings {TokenAddressSetting} and {ClientSetting} belong together: give both if the credential is a client secret, or neither if it is a token.");
        errors.AddIf(
            token is not null && !(Uri.TryCreate(token, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"),
            $"setting {TokenAddressSetting} must be an absolute http or https address.");
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) =>
        new CogniteConnection(connection, http, time, TargetKinds);
}
