using System.Text.RegularExpressions;

namespace Vigil.Platforms.Agentic;

/// <summary>The Agentic Platform: flows over GraphQL, polled in batches with aliases; runs can write files.</summary>
internal sealed partial class AgenticPlatform : IPlatform
{
    public string Name => "agentic";

    public IReadOnlyList<string> TargetKinds => ["flow"];

    public void Validate(ConnectionOptions connection, ICollection<string> errors)
    {
        ConnectionSettings.CheckKnown(
            connection, errors, AgenticSettings.Tenant, AgenticSettings.CancelMutation, AgenticSettings.CancelArgument, AgenticSettings.CancelFields, AgenticSettings.UploadDirectory);
        errors.AddIf(
            connection.BaseAddress is null,
            "BaseAddress must be given: this platform has no public address. Give the address of /graphql/, or the part before it.");
        var settings = new AgenticSettings(connection);
        errors.AddIf(settings.TenantId.Length == 0, $"setting {AgenticSettings.Tenant} must be given: every flow runs for a tenant.");
        errors.AddIf(
            settings.CancelMutationName is { } mutation && !GraphQlName().IsMatch(mutation),
            $"setting {AgenticSettings.CancelMutation} must be the name of a mutation.");
        errors.AddIf(!GraphQlName().IsMatch(settings.CancelArgumentName), $"setting {AgenticSettings.CancelArgument} must be the name of an argument.");
        errors.AddIf(
            !settings.CancelFieldNames.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(name => GraphQlName().IsMatch(name)),
            $"setting {AgenticSettings.CancelFields} must be names of fields, separated by spaces, or empty.");
        errors.AddIf(
            settings.UploadFolder is { } folder && !Directory.Exists(folder),
            $"setting {AgenticSettings.UploadDirectory} must be an existing directory.");
    }

    public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) =>
        new AgenticConnection(connection, http, time, TargetKinds);

    [GeneratedRegex(@"\A[_A-Za-z][_0-9A-Za-z]*\z")]
    private static partial Regex GraphQlName();
}
