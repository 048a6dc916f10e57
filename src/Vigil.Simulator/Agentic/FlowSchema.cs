using System.Text.Json.Nodes;

namespace Vigil.Simulator.Agentic;

/// <summary>The root fields of the Agentic Platform, with its mixture of snake_case and camelCase.</summary>
internal sealed class FlowSchema(SimulatedPlatforms world, FlowFileStore files, IssuedTokens tokens, string platform)
{
    private static readonly object[] Inputs =
    [
        new { stepId = "step-1", name = "document", type = "File", direction = "Input" },
        new { stepId = "step-1", name = "title", type = "String", direction = "Input" },
        new { stepId = "step-1", name = "marker", type = "String", direction = "Input" },
        new { stepId = "step-2", name = "password", type = "Secret", direction = "Input" },
        new { stepId = "step-2", name = "title", type = "String", direction = "Input" },
        new { stepId = "step-2", name = "summary", type = "String", direction = "Output" },
    ];

    private static readonly string[] Entitlements = ["execute", "read_data", "audit", "write_data", "admin"];

    public IEnumerable<GraphQlRootField> Fields =>
    [
        new("executeFlow", true, ["flowId!", "tenantId!", "variables", "flowVersionId", "published"], "start", Execute),
        new("flowExecutionStatus", false, ["flow_execution_id!"], "status", Status),
        new("cancelFlowExecution", true, ["flow_execution_id!"], "cancel", Cancel),
        new("getFileDownloadTokenByPath", true, ["path!"], "download_token", arguments => files.IssueDownload(arguments.Text("path"))),
        new("fileUploadToken", true, ["fileName!", "tenantId!"], "upload_token", UploadToken),
        new("createApiToken", true, ["input!"], "api_token", arguments => CreateToken(arguments["input"])),
        new("latestPublishedFlow", false, ["flowId!"], "version", arguments => arguments.Text("flowId") == "unpublished" ? null : Version($"{arguments.Text("flowId")}-v3", false)),
        new("latestFlowVersion", false, ["flowId!"], "version", arguments => Version($"{arguments.Text("flowId")}-v4", true)),
        new("flowVersion", false, ["flowVersionId!"], "version", arguments => Version(arguments.Text("flowVersionId"), arguments.Text("flowVersionId").EndsWith("-v4", StringComparison.Ordinal))),
        new("flowVersionUnmatchedInputs", false, ["flowVersionId!"], "inputs", _ => JsonSerializer.SerializeToNode(Inputs)),
        new("namespace", false, ["name!"], "namespace", arguments => new JsonObject { ["id"] = "namespace-1", ["name"] = arguments.Text("name") }),
        new("flows", false, ["namespaceId!", "name", "archived"], "flows", Flows),
    ];

    private JsonObject Execute(GraphQlArguments arguments)
    {
        var flowId = arguments.Text("flowId");
        var variables = arguments["variables"] is JsonArray array ? array : [];
        foreach (var variable in variables)
        {
            Check(variable);
        }

        if (arguments["published"]?.GetValueKind() == JsonValueKind.False && arguments["flowVersionId"] is null)
        {
            throw new GraphQlFieldException("BAD_USER_INPUT", "A draft must be executed by its version.");
        }

        if (world.RefusalOf(platform, flowId) is { } refusal)
        {
            // A refusal with status 200 becomes an error of the field.
            throw refusal.Status == 200
                ? new GraphQlFieldException(refusal.Code, refusal.Message)
                : new GraphQlRequestException(refusal.Message, refusal.Status, refusal.Code);
        }

        var version = arguments.TextOrNull("flowVersionId");
        var target = new StartedTarget("flow", flowId, version, variables.ToJsonString(), Marker(variables));
        var run = world.Start(platform, target, (seed, number) => TimeOrdered(seed, number, world.NowAt(platform)));
        return new JsonObject
        {
            ["id"] = run.Id,
            ["result"] = "Running",
            ["flow"] = new JsonObject { ["id"] = flowId, ["name"] = flowId },
        };
    }

    private JsonObject? Status(GraphQlArguments arguments)
    {
        var id = arguments.Text("flow_execution_id");
        if (!Guid.TryParse(id, out _))
        {
            throw new GraphQlFieldException("BAD_USER_INPUT", $"'{id}' is not a valid id.");
        }

        return world.Find(platform, id, "status") is { } found ? FlowBodies.Status(found.Run, found.State) : null;
    }

    private JsonObject Cancel(GraphQlArguments arguments)
    {
        var run = world.Runs.Find(platform, arguments.Text("flow_execution_id")) ?? throw new GraphQlFieldException("NOT_FOUND", "Flow execution not found.");
        return run.TryCancel(world.Time.GetUtcNow())
            ? FlowBodies.Status(run, world.ActualState(run))
            : throw new GraphQlFieldException("BAD_USER_INPUT", "The flow execution has ended.");
    }

    private JsonObject UploadToken(GraphQlArguments arguments)
    {
        var path = $"/tenants/{arguments.Text("tenantId")}/{arguments.Text("fileName")}";
        return new JsonObject
        {
            ["token"] = files.IssueUpload(path),
            ["tenantFile"] = new JsonObject
            {
                ["id"] = Dice.Guid(Dice.SeedOf(path), 0).ToString(),
                ["file_name"] = arguments.Text("fileName"),
                ["storage_path"] = path,
                ["upload_status"] = "pending",
            },
        };
    }

    private JsonObject CreateToken(JsonNode? input)
    {
        if (input is not JsonObject given || given["name"].Text() is not { Length: > 0 } name || given["tenant_id"].Text() is not { Length: > 0 } tenant)
        {
            throw new GraphQlRequestException("A token must have name, tenant_id, expires_at and entitlements.");
        }

        if (!DateTimeOffset.TryParse(given["expires_at"].Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
        {
            throw new GraphQlFieldException("BAD_USER_INPUT", "expires_at must be a time such as 2030-01-01T00:00:00Z.");
        }

        var entitlements = given["entitlements"] is JsonArray array ? array.Select(WireValues.Text).ToArray() : [];
        if (entitlements.Length == 0 || !entitlements.All(Entitlements.Contains))
        {
            throw new GraphQlFieldException("BAD_USER_INPUT", $"entitlements must be one or more of {string.Join(", ", Entitlements)}.");
        }

        var token = $"api_{Guid.NewGuid():N}";
        tokens.Add(token, end);
        return new JsonObject
        {
            ["token"] = token,
            ["api_token"] = new JsonObject
            {
                ["id"] = Guid.NewGuid().ToString(),
                ["name"] = name,
                ["user_id"] = Dice.Guid(Dice.SeedOf(tenant), 1).ToString(),
                ["tenant_id"] = tenant,
                ["entitlements"] = new JsonArray([.. entitlements.Select(entitlement => JsonValue.Create(entitlement))]),
                ["created_at"] = world.NowAt(platform).ToString("O"),
                ["expires_at"] = end.ToString("O"),
                ["is_active"] = true,
            },
        };
    }

    private JsonNode? Flows(GraphQlArguments arguments)
    {
        var names = arguments.TextOrNull("name") is { } name ? new[] { name } : [];
        return JsonSerializer.SerializeToNode(names.Select(name => new { id = name, name, description = "", created_date = world.NowAt(platform).ToString("O"), is_archived = false }));
    }

    private static JsonObject Version(string id, bool isDraft) => new() { ["version_id"] = id, ["is_draft"] = isDraft, ["description"] = "" };

    // A file must be uploaded before it is used as an input.
    private void Check(JsonNode? variable)
    {
        string[] members = ["step_id", "variable_name", "variable_type", "variable_value"];
        if (variable is not JsonObject given || given.Any(member => !members.Contains(member.Key)) || given["variable_name"] is null || given["step_id"] is null)
        {
            throw new GraphQlRequestException("A variable must have step_id, variable_name, variable_type and variable_value.");
        }

        if (given["variable_type"].Text() == "File" && !files.IsUploaded(given["variable_value"].Text() ?? ""))
        {
            throw new GraphQlFieldException("BAD_USER_INPUT", $"File '{given["variable_value"]}' was not uploaded.");
        }
    }

    private static string? Marker(JsonArray variables) =>
        variables.OfType<JsonObject>().FirstOrDefault(variable => variable["variable_name"].Text() == "marker")?["variable_value"].Text();

    // Ids begin with the time, like the platform's.
    private static string TimeOrdered(ulong seed, ulong number, DateTimeOffset now)
    {
        var random = Dice.Guid(seed, number).ToString("N");
        var time = now.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return Guid.Parse($"{time}7{random[13..]}").ToString();
    }
}
