namespace Vigil.Platforms.Agentic;

/// <summary>Starts flows: resolves inputs given by name, uploads files, and executes the flow. Only the last request starts a run.</summary>
internal sealed class FlowStart(PlatformHttp http, GraphQlClient client, AgenticSettings settings)
{
    private const string Published = """
        mutation ExecuteFlow($flowId: ID!, $tenantId: ID!, $variables: [FlowExecutionVariableInput]) {
          executeFlow(flowId: $flowId, tenantId: $tenantId, variables: $variables) { id result flow { id name } }
        }
        """;

    private const string Draft = """
        mutation ExecuteFlow($flowId: ID!, $flowVersionId: ID!, $tenantId: ID!, $variables: [FlowExecutionVariableInput]) {
          executeFlow(flowId: $flowId, flowVersionId: $flowVersionId, published: false, tenantId: $tenantId, variables: $variables) {
            id result flow { id name }
          }
        }
        """;

    private const string PublishedVersion = "query PublishedVersion($flowId: ID!) { latestPublishedFlow(flowId: $flowId) { version_id is_draft } }";

    private const string DraftVersion = "query DraftVersion($flowId: ID!) { latestFlowVersion(flowId: $flowId) { version_id is_draft } }";

    private const string Inputs = """
        query Inputs($flowVersionId: ID!) { flowVersionUnmatchedInputs(flowVersionId: $flowVersionId) { stepId name type direction } }
        """;

    private const string UploadToken = """
        mutation UploadToken($fileName: String!, $tenantId: ID!) {
          fileUploadToken(fileName: $fileName, tenantId: $tenantId) { token tenantFile { id file_name storage_path upload_status } }
        }
        """;

    public async Task<Submitted> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var (target, variables) = await PrepareAsync(request, cancellationToken);
        using var response = await client.SendAsync(
            PlatformRequest.Start, target.Version is null ? Published : Draft, writer => Write(writer, target, variables), acts: true, cancellationToken);
        return FlowStatus.Short.ReadStarted(response.Http, response.Require("executeFlow"));
    }

    // Nothing has been started before the flow is executed, so after a failure here the start can be sent again.
    private async Task<(ExecutionTarget Target, IReadOnlyList<FlowVariable> Variables)> PrepareAsync(RunRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var errors = new List<FieldError>();
            var input = FlowInput.Read(request.Input is { } text ? JsonElement.Parse(text) : null, settings.UploadFolder, errors);
            var target = request.Target with { Version = await FindDraftAsync(request, cancellationToken) };
            var variables = input.IsByName && input.Variables.Count > 0 ? await ResolveAsync(target, input.Variables, errors, cancellationToken) : input.Variables;
            if (errors.Count > 0)
            {
                throw Refused(string.Join(" ", errors.Select(error => $"{error.Field}: {error.Message}")));
            }

            return (target, await UploadAsync(request.ExecutionId, variables, cancellationToken));
        }
        catch (PlatformException e)
        {
            throw new PlatformException(e.Error with { CertainlyNotActedOn = true }, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException(Refused("An input file cannot be read.").Error, e);
        }
    }

    private async Task<IReadOnlyList<FlowVariable>> ResolveAsync(
        ExecutionTarget target, IReadOnlyList<FlowVariable> variables, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var version = target.Version ?? await FindVersionAsync(PublishedVersion, "latestPublishedFlow", target.Id, "published version", cancellationToken);
        using var response = await client.SendAsync(
            "The query for the flow's inputs", Inputs, writer => writer.WriteString("flowVersionId", version), acts: false, cancellationToken);
        var inputs = response.Require("flowVersionUnmatchedInputs").Items()
            .Where(input => input["direction"].Text() == "Input" && input["name"].Text() is not null)
            .Select(input => (Step: input["stepId"].Exact(), Name: input["name"].Exact(), Type: input["type"].Exact())).ToList();
        foreach (var unknown in variables.Where(variable => inputs.TrueForAll(input => input.Name != variable.Name)))
        {
            errors.Add(new($"input.{unknown.Name}", $"is not an input of the flow; allowed: {string.Join(", ", inputs.Select(input => input.Name).Distinct())}."));
        }

        // Several steps may have an input with the same name; each gets the value.
        return [.. variables.SelectMany(variable => inputs.Where(input => input.Name == variable.Name)
            .Select(input => variable with { StepId = input.Step, Type = input.Type }))];
    }

    /// <summary>Returns the version to run as a draft; null to run the published one.</summary>
    private async Task<string?> FindDraftAsync(RunRequest request, CancellationToken cancellationToken) =>
        FlowOptions.VersionOf(request)
        ?? (FlowOptions.WantsDraft(request) ? await FindVersionAsync(DraftVersion, "latestFlowVersion", request.Target.Id, "version", cancellationToken) : null);

    private async Task<string> FindVersionAsync(string query, string field, string flowId, string what, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(
            "The query for the flow's version", query, writer => writer.WriteString("flowId", flowId), acts: false, cancellationToken);
        if (response.Errors.Count == 0 && response.Data.Has(field) && !response.Data[field].Exists)
        {
            throw Refused($"Flow '{flowId}' has no {what}.", "not_found");
        }

        return response.Require(field)["version_id"].Exact() ?? throw response.Http.Unusable("it has no version");
    }

    private async Task<IReadOnlyList<FlowVariable>> UploadAsync(
        string executionId, IReadOnlyList<FlowVariable> variables, CancellationToken cancellationToken)
    {
        var uploaded = new List<FlowVariable>(variables.Count);
        foreach (var variable in variables)
        {
            uploaded.Add(variable.File is { } file
                ? variable with { Value = await UploadAsync(executionId, file, cancellationToken), Type = variable.Type ?? "File" }
                : variable);
        }

        return uploaded;
    }

    /// <summary>Uploads a file and returns its path, which is the variable's value.</summary>
    private async Task<string> UploadAsync(string executionId, FlowFileInput file, CancellationToken cancellationToken)
    {
        // All files of a tenant are in one folder, so the execution's id keeps the names unique.
        var name = $"{executionId.Replace(':', '-')}-{file.Name}";
        var token = await FindUploadTokenAsync(name, cancellationToken);
        var request = new PlatformRequest(
            "The upload", HttpMethod.Post, new Uri(settings.FilesAddress, $"upload?upload-token={Uri.EscapeDataString(token)}"))
        {
            Acts = true,
            Content = () => new MultipartFormDataContent { { new StreamContent(file.Open()), "file", name } },
        };
        using var response = await http.SendAsync(request, cancellationToken);
        return $"/tenants/{settings.TenantId}/{name}";
    }

    private async Task<string> FindUploadTokenAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(
            "The upload token request",
            UploadToken,
            writer =>
            {
                writer.WriteString("fileName", name);
                writer.WriteString("tenantId", settings.TenantId);
            },
            acts: true,
            cancellationToken);
        return response.Require("fileUploadToken")["token"].Exact(int.MaxValue) ?? throw response.Http.Unusable("it has no token");
    }

    private void Write(Utf8JsonWriter writer, ExecutionTarget target, IReadOnlyList<FlowVariable> variables)
    {
        writer.WriteString("flowId", target.Id);
        if (target.Version is { } version)
        {
            writer.WriteString("flowVersionId", version);
        }

        writer.WriteString("tenantId", settings.TenantId);
        writer.WriteStartArray("variables");
        foreach (var variable in variables)
        {
            writer.WriteStartObject();
            writer.WriteString("step_id", variable.StepId);
            writer.WriteString("variable_name", variable.Name);
            writer.WriteString("variable_type", variable.Type);
            writer.WriteString("variable_value", variable.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static PlatformException Refused(string message, string code = "invalid") =>
        new(new(PlatformErrorKind.Final, code, PlainText.Of(message), CertainlyNotActedOn: true));
}
