namespace Vigil.Gateway.Api;

/// <summary>The fields that several requests have in common.</summary>
internal static class RunFields
{
    /// <summary>The name of the schema of a target in a request.</summary>
    public const string Target = "RequestedTarget";

    public static string Connection(this JsonBody body) =>
        body.RequiredText("connection", "The name of the connection, as the list of connections tells it.", RequestLimits.MaxConnectionLength);

    public static ImmutableDictionary<string, string> Metadata(this JsonBody body) => body.TextMap(
        "metadata",
        $"The caller's own labels; a name has at most {RequestLimits.MaxMetadataKeyLength} characters.",
        RequestLimits.MaxMetadataPairs,
        RequestLimits.MaxMetadataValueLength);

    public static TimeSpan Deadline(this JsonBody body) => body.Seconds(
        "deadline_seconds",
        "How long Vigil watches, in seconds, counted from acceptance and including all attempts.",
        RequestLimits.MinDeadline,
        RequestLimits.MaxDeadline,
        RequestLimits.DefaultDeadline) ?? RequestLimits.DefaultDeadline;

    public static bool CancelOnAbandon(this JsonBody body) =>
        body.Flag("cancel_on_abandon", "Whether the platform is asked to cancel the run when Vigil stops watching it. Default: false.") ?? false;

    public static string? Key(this JsonBody body, string description)
    {
        var inBody = body.Text("key", $"The caller's key, which becomes the execution's id: A-Z a-z 0-9 . _ : - only. {description}", RequestLimits.MaxIdLength);
        var inHeader = body.Header("Idempotency-Key", "The key, if it is not in the body.", RequestLimits.MaxIdLength);
        if (inBody is not null && inHeader is not null && inBody != inHeader)
        {
            body.AddError("key", "differs from the Idempotency-Key header; send only one of them, or the same value in both.");
        }

        return inBody ?? inHeader;
    }

    public static ImmutableArray<FieldError> CheckKey(string? key) => key is null ? [] : RequestLimits.CheckId("key", key);

    public static ExecutionTarget? ReadTarget(JsonBody? body)
    {
        if (body is null)
        {
            return null;
        }

        var target = new ExecutionTarget(
            body.RequiredText("kind", "The kind of target, one of the connection's target_kinds, such as workflow or agent.", RequestLimits.MaxTargetKindLength),
            body.RequiredText("id", "The platform's id of the target.", RequestLimits.MaxRemoteIdLength),
            body.Text("version", "The version of the target, if the platform has versions.", RequestLimits.MaxRemoteIdLength));
        body.RejectUnknownFields();
        return target;
    }

    public static RunFilter ReadFilter(IFieldReader reader) => new()
    {
        Statuses = reader.Statuses("status", "Only these statuses, in Vigil's words or in the platform's."),
        Targets =
        [
            .. reader.Texts("target", "Only runs of the targets with these ids.", RunFilter.MaxTargets),
            .. reader.Texts("agent_id", "Another name of target.", RunFilter.MaxTargets),
        ],
        Version = reader.Text("version", "Only runs of this version of the targets (cognite)."),
        Kind = reader.Text("kind", "The kind of target, such as agent or pipeline; by default the platform's first."),
        CreatedAfter = reader.Time("created_after", "Only runs created at this time or later (cognite)."),
        CreatedBefore = reader.Time("created_before", "Only runs created at this time or before (cognite)."),
        Trigger = reader.Text("trigger", "Only runs that this trigger started (cognite); not together with other filters. Their status is null."),
    };
}
