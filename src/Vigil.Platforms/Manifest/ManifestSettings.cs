namespace Vigil.Platforms.Manifest;

/// <summary>
/// The settings of a connection. The platform does not document the paths of its operations, so the defaults are Vigil's assumptions and can be configured.
/// </summary>
internal sealed class ManifestSettings(ConnectionOptions connection)
{
    public const string FindPath = "find_path";
    public const string NatsAddress = "nats_url";
    public const string NatsCredentialFile = "nats_credential_file";
    public const string NatsSubscriptions = "nats_subscriptions";
    public const int MaxTimeoutSeconds = 30 * 24 * 60 * 60;

    private const string Auth = "auth";
    private const string Workspace = "workspace_id";
    private const string Ring = "ring_id";
    private const string TimeoutSeconds = "timeout_seconds";
    private const string StatusPath = "status_path";
    private const string CancelPath = "cancel_path";
    private const string RefreshPath = "refresh_path";

    private const string IdPlaceholder = "{id}";

    public static IReadOnlyList<TargetKind> Kinds { get; } =
    [
        new("workflow", "input_data", "workflow", "submit_workflow_path", "/api/v1/workflows/{id}/executions"),
        new("agent", "input_data", "agent_run", "submit_agent_path", "/api/v1/agents/{id}/executions"),
        new("code_block", "input_parameters", "workflow", "submit_code_block_path", "/api/v1/code-blocks/{id}/executions"),
    ];

    /// <summary>Gets a value indicating whether the credential is an API key; by default recognized by the prefix of the platform's keys.</summary>
    public bool UsesApiKey => connection.Settings.GetValueOrDefault(Auth) is { } auth
        ? auth == "api_key"
        : new Credential(connection, TimeProvider.System).Get().StartsWith("fl_", StringComparison.Ordinal);

    public string? WorkspaceId => TrimmedSetting(Workspace);

    public string? RingId => TrimmedSetting(Ring);

    /// <summary>Gets the time limit that the platform applies to a run; null to send the execution's deadline.</summary>
    public int? TimeLimitSeconds => TrimmedSetting(TimeoutSeconds) is { } seconds ? int.Parse(seconds, CultureInfo.InvariantCulture) : null;

    public Uri? RefreshAddress => connection.Settings.GetValueOrDefault(RefreshPath, "/api/v1/auth/refresh") is { Length: > 0 } path ? Below(path, "") : null;

    public bool CanFind => TrimmedSetting(FindPath) is not null;

    public Uri SubmitAddress(TargetKind kind, string id) => Below(connection.Settings.GetValueOrDefault(kind.PathSetting, kind.DefaultPath), id);

    public Uri StatusAddress(string id) => Below(connection.Settings.GetValueOrDefault(StatusPath, "/api/v1/executions/{id}"), id);

    public Uri CancelAddress(string id) => Below(connection.Settings.GetValueOrDefault(CancelPath, "/api/v1/executions/{id}/cancel"), id);

    public Uri FindAddress(string executionId) => Below(connection.Settings[FindPath], executionId);

    public static void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
        string[] pathSettings = [.. Kinds.Select(kind => kind.PathSetting), StatusPath, CancelPath, FindPath];
        ConnectionSettings.CheckKnown(
            connection, errors, [Auth, Workspace, Ring, TimeoutSeconds, .. pathSettings, RefreshPath, NatsAddress, NatsCredentialFile, NatsSubscriptions]);
        ConnectionSettings.CheckOneOf(connection, errors, Auth, "jwt", "api_key");
        errors.AddIf(connection.BaseAddress is null, "BaseAddress must be given: the platform has no public default.");
        foreach (var setting in pathSettings)
        {
            errors.AddIf(
                connection.Settings.TryGetValue(setting, out var path) && !(path.StartsWith('/') && path.Contains(IdPlaceholder, StringComparison.Ordinal)),
                $"setting {setting} must be a path such as /api/v1/executions/{IdPlaceholder}, with {IdPlaceholder} in it.");
        }

        errors.AddIf(
            connection.Settings.TryGetValue(RefreshPath, out var refresh) && refresh.Length > 0 && !refresh.StartsWith('/'),
            $"setting {RefreshPath} must be a path such as /api/v1/auth/refresh, or empty if tokens cannot be refreshed.");
        errors.AddIf(
            connection.Settings.TryGetValue(TimeoutSeconds, out var text)
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= MaxTimeoutSeconds),
            $"setting {TimeoutSeconds} must be a whole number from 1 to {MaxTimeoutSeconds}.");
        Nats.NatsSettings.Check(connection, errors);
    }

    private Uri Below(string path, string id) =>
        new(connection.BaseAddress!.AbsoluteUri.TrimEnd('/') + path.Replace(IdPlaceholder, Uri.EscapeDataString(id), StringComparison.Ordinal));

    private string? TrimmedSetting(string setting) => connection.Settings.GetValueOrDefault(setting) is { } value && value.Trim().Length > 0 ? value.Trim() : null;
}

/// <summary>A kind of target and how its start differs from the others.</summary>
/// <param name="Name">Vigil's name.</param>
/// <param name="InputName">The platform's key for the input.</param>
/// <param name="LifecycleEvent">The lifecycle event to send with a start.</param>
/// <param name="PathSetting">The setting that overrides its path.</param>
/// <param name="DefaultPath">Its default path.</param>
internal sealed record TargetKind(string Name, string InputName, string LifecycleEvent, string PathSetting, string DefaultPath);
