namespace Vigil.Platforms.Agentic;

/// <summary>
/// The platform's own settings of a connection. The platform documents no mutation that cancels a run; an operator who knows one can configure its
/// name, its argument and the fields of its response. Without a name, runs cannot be cancelled.
/// </summary>
internal sealed class AgenticSettings(ConnectionOptions connection)
{
    public const string Tenant = "tenant_id";
    public const string CancelMutation = "cancel_mutation";
    public const string CancelArgument = "cancel_argument";
    public const string CancelFields = "cancel_fields";
    public const string UploadDirectory = "upload_directory";

    private const string Endpoint = "graphql/";

    public string TenantId => connection.Setting(Tenant) ?? "";

    public string? CancelMutationName => connection.Setting(CancelMutation);

    public string CancelArgumentName => connection.Setting(CancelArgument) ?? "flow_execution_id";

    /// <summary>Gets the fields to select in the cancellation's response; empty if it is a scalar.</summary>
    public string CancelFieldNames => connection.Settings.GetValueOrDefault(CancelFields) ?? "id";

    /// <summary>Gets the only folder from which a start may upload files; null to allow none.</summary>
    public string? UploadFolder => connection.Setting(UploadDirectory);

    public Uri QueryAddress => new(Root, Endpoint);

    public Uri FilesAddress => new(Root, "files/");

    private Uri Root
    {
        get
        {
            var address = $"{connection.BaseAddress!.AbsoluteUri.TrimEnd('/')}/";
            return new(address.EndsWith($"/{Endpoint}", StringComparison.Ordinal) ? address[..^Endpoint.Length] : address);
        }
    }
}
