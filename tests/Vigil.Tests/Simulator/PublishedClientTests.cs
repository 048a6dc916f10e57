using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Vigil.Simulator;
using Vigil.Testing;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Simulator;

/// <summary>What the platforms' own clients do and Vigil does not.</summary>
public sealed class PublishedClientTests : IAsyncLifetime
{
    private const string Project = "/cognite/api/v1/projects/p";

    private Simulated _simulated = null!;

    private HttpClient Http => _simulated.Http;

    public async Task InitializeAsync() => _simulated = await Simulated.StartAsync();

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Theory]
    [InlineData("text/csv", "text/csv; charset=utf-8")]
    [InlineData("text/plain; charset=utf-16", "text/plain; charset=utf-16")]
    [InlineData("application/json", "application/json")]
    public async Task Agentic_TextFile_TellsItsCharset(string type, string told)
    {
        var path = await RunWithFileAsync("é.csv", type);
        var token = await FieldAsync($"mutation {{ getFileDownloadTokenByPath(path: \"{path}\") }}", "getFileDownloadTokenByPath");

        using var answer = await Http.GetAsync($"/agentic/files/download?file_name=é.csv&download-token={token}");

        Assert.Equal(told, answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Agentic_NameThatLooksLikeMoreOfTheQuery_IsDownloaded()
    {
        var path = await RunWithFileAsync("a&download-token=b&c.txt", "text/plain");
        var token = await FieldAsync($"mutation {{ getFileDownloadTokenByPath(path: \"{path}\") }}", "getFileDownloadTokenByPath");

        Assert.Equal("content", await Http.GetStringAsync($"/agentic/files/download?file_name=a&download-token=b&c.txt&download-token={token}"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"query\"")]
    public async Task Agentic_BodyThatIsNoObject_IsAnErrorOfTheRequest(string body)
    {
        using var answer = await Http.PostAsync("/agentic/graphql/", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetArrayLength());
    }

    [Theory]
    [InlineData("{ flowVersion(flowVersionId: 12) { version_id } }", """{"version_id":"12"}""")]
    [InlineData("{ flowVersion(flowVersionId: \"a\") { kind: __typename ...V } } fragment V on Version { version_id }", """{"kind":"flowVersion","version_id":"a"}""")]
    [InlineData("query($no: Boolean = false) { flowVersion(flowVersionId: \"a\") { version_id @skip(if: true) is_draft @include(if: $no) description } }", """{"description":""}""")]
    [InlineData("{ flowVersion(flowVersionId: \"\"\"a \"b\" \\u0041\"\"\") { version_id } }", """{"version_id":"a \u0022b\u0022 \\u0041"}""")]
    public async Task Agentic_WhatClientsWrite_IsUnderstood(string query, string json) =>
        Assert.Equal(json, (await FieldAsync(query, "flowVersion")).GetRawText());

    [Theory]
    [InlineData("{ __typename }", "Query")]
    [InlineData("mutation { __typename }", "Mutation")]
    public async Task Agentic_TypeOfTheRoot_IsTold(string query, string type) => Assert.Equal(type, (await FieldAsync(query, "__typename")).GetString());

    [Theory]
    [InlineData("{ namespace(name: \"n\")", "")]
    [InlineData("{ namespace(name: \"n\", name: \"m\") { id } }", "only one 'name'")]
    [InlineData("{ namespace(name: \"n\") @client { id } }", "Unknown directive '@client'")]
    [InlineData("{ namespace(name: \"n\") @skip(if: 1) { id } }", "'@skip' needs 'if'")]
    [InlineData("{ namespace(name: \"n\") @skip(if: true) { id } }", "selects no field")]
    [InlineData("{ ...F } fragment F on Query { ...F }", "contain themselves")]
    [InlineData("{ ...F }", "A fragment is unknown")]
    [InlineData("subscription { namespace(name: \"n\") { id } }", "one query or mutation")]
    public async Task Agentic_DocumentThatIsWrong_IsAnErrorThatSaysWhy(string query, string why)
    {
        using var answer = await AskAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(why, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agentic_MintedToken_OpensUntilItRunsOut()
    {
        var end = _simulated.Time.GetUtcNow().AddHours(1).ToString("O");
        var minted = await FieldAsync(
            $$"""
            mutation { createApiToken(input: { name: "n", tenant_id: "t", expires_at: "{{end}}", entitlements: [execute, read_data] }) {
              token api_token { id name user_id tenant_id entitlements created_at expires_at is_active } } }
            """,
            "createApiToken");
        var token = minted.GetProperty("token").GetString()!;
        Assert.StartsWith("api_", token, StringComparison.Ordinal);
        Assert.Equal(["execute", "read_data"], minted.GetProperty("api_token").GetProperty("entitlements").EnumerateArray().Select(item => item.GetString()));

        _simulated.World.AcceptOnly("agentic", "another");
        Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("{ namespace(name: \"n\") { id } }")).StatusCode);
        _simulated.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("{ namespace(name: \"n\") { id } }")).StatusCode);
    }

    [Theory]
    [InlineData("""name: "n", tenant_id: "t", expires_at: "soon", entitlements: ["execute"]""")]
    [InlineData("""name: "n", tenant_id: "t", expires_at: "2030-01-01T00:00:00Z", entitlements: ["everything"]""")]
    [InlineData("""name: "n", tenant_id: "t", expires_at: "2030-01-01T00:00:00Z", entitlements: []""")]
    [InlineData("""tenant_id: "t", expires_at: "2030-01-01T00:00:00Z", entitlements: ["execute"]""")]
    public async Task Agentic_TokenThatIsAskedForWrongly_IsAnError(string input)
    {
        using var answer = await AskAsync($"mutation {{ createApiToken(input: {{ {input} }}) {{ token }} }}");

        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("errors", out _));
    }

    [Theory]
    [InlineData("foo/x")]
    [InlineData("50%41")]
    [InlineData("a b?c#d+e")]
    public async Task Cognite_IdWithSignsOfAddresses_StaysAsItIs(string id)
    {
        using var session = await Http.PostAsJsonAsync($"{Project}/sessions", new { items = new[] { new { tokenExchange = true } } });
        var nonce = (await session.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("nonce").GetString();

        using var answer = await Http.PostAsJsonAsync(
            $"{Project}/workflows/{Uri.EscapeDataString(id)}/versions/{Uri.EscapeDataString(id)}/run", new { authentication = new { nonce } });

        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((id, id), (body.GetProperty("workflowExternalId").GetString(), body.GetProperty("version").GetString()));
    }

    [Fact]
    public async Task Cognite_BodyThatIsNotCompressedAsItSays_Is400()
    {
        using var content = new StringContent("{}");
        content.Headers.ContentEncoding.Add("gzip");

        using var answer = await Http.PostAsync($"{Project}/workflows/executions/list", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(400, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("""{ "filter": { "status": [ "running" ] } }""", "filter.status")]
    [InlineData("""{ "filter": { "status": "RUNNING" } }""", "filter.status")]
    [InlineData("""{ "filter": { "workflowFilters": {} } }""", "filter.workflowFilters")]
    [InlineData("""{ "filter": [] }""", "filter")]
    public async Task Cognite_FilterThatWouldChooseNothingForEver_Is400(string body, string field)
    {
        using var answer = await Http.PostAsync($"{Project}/workflows/executions/list", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var message = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString();
        Assert.StartsWith($"{field}: ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/agent-executions?hasAgentOutput=perhaps", "hasAgentOutput")]
    [InlineData("/agent-executions/{id}/memory-states?page=0", "page")]
    [InlineData("/agent-executions/{id}/memory-states?pageSize=1001", "pageSize")]
    public async Task Moderately_WrongQuery_NamesItsField(string path, string field)
    {
        using var start = await Http.PostAsJsonAsync("/moderately/agent-executions", new { agent_id = "a" });
        var id = (await start.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("agentExecutionId").GetString();

        using var answer = await Http.GetAsync($"/moderately{path.Replace("{id}", id, StringComparison.Ordinal)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("details")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task GloriaMundo_KeyIsDeletedByAProgram_IsRefusedForWantOfASession() =>
        Assert.Equal(HttpStatusCode.Forbidden, (await Http.DeleteAsync("/gloriamundo/api/v1/keys/k")).StatusCode);

    [Theory]
    [InlineData("daily", 1)]
    [InlineData("weekly", 7)]
    [InlineData("monthly", 31)]
    public async Task GloriaMundo_SpendLimit_OnceSpent_RefusesStartsUntilThePeriodEnds(string period, int days)
    {
        using var set = await Http.PutAsJsonAsync("/gloriamundo/api/v1/spend-limit", new { spend_limit_cents = 15, spend_period = period });
        var limit = await set.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((true, true), (limit.GetProperty("has_limit").GetBoolean(), limit.GetProperty("allowed").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, (await ExecuteAsync()).StatusCode);
        _simulated.Time.Advance(TimeSpan.FromSeconds(5));

        using var refused = await ExecuteAsync();
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        Assert.Equal("spend_limit_exceeded", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
        var told = await Http.GetFromJsonAsync<JsonElement>("/gloriamundo/api/v1/spend-limit");
        Assert.Equal((15, false), (told.GetProperty("current_period_spend_cents").GetInt32(), told.GetProperty("allowed").GetBoolean()));
        Assert.InRange(told.GetProperty("period_reset_at").GetDateTimeOffset() - _simulated.Time.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromDays(days));

        _simulated.Time.Advance(TimeSpan.FromDays(days));
        Assert.Equal(HttpStatusCode.OK, (await ExecuteAsync()).StatusCode);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "spend_limit_cents": -1, "spend_period": "daily" }""")]
    [InlineData("""{ "spend_limit_cents": 1, "spend_period": "yearly" }""")]
    public async Task GloriaMundo_WrongSpendLimit_Is400(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await Http.PutAsync("/gloriamundo/api/v1/spend-limit", new StringContent(body))).StatusCode);

    [Fact]
    public async Task Manifest_RefreshToken_BringsANewToken()
    {
        using var login = await Http.PostAsJsonAsync("/manifest/api/v1/auth/login", new { email = "a@b", password = "secret" });
        var refresh = (await login.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refresh_token").GetString();
        _simulated.World.AcceptOnly("manifest", "secret");
        Http.DefaultRequestHeaders.Authorization = null;

        using var answer = await Http.PostAsJsonAsync("/manifest/api/v1/auth/refresh", new { refresh_token = refresh });
        using var wrong = await Http.PostAsJsonAsync("/manifest/api/v1/auth/refresh", new { refresh_token = "secret" });

        Http.DefaultRequestHeaders.Authorization = new("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync("/manifest/api/v1/executions/e")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [NatsFact]
    public async Task Manifest_Start_PushesItsInput()
    {
        await using var server = await NatsServer.StartAsync();
        await using var simulated = await Simulated.StartAsync(SimulatorOptions.Lenient with { NatsAddress = new Uri(server.Address) });
        var address = new Uri(server.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        using var lines = new StreamReader(stream);
        await stream.WriteAsync("CONNECT {\"verbose\":false}\r\nSUB exec.input.* 1\r\nPING\r\n"u8.ToArray());
        await LineAsync(lines, "PONG");

        using var start = await simulated.Http.PostAsJsonAsync("/manifest/api/v1/agents/a/executions", new { input_data = new { q = 1 } });

        var id = (await start.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("execution_id").GetString();
        Assert.StartsWith($"MSG exec.input.{id} ", await LineAsync(lines, "MSG"), StringComparison.Ordinal);
        var input = JsonElement.Parse(await LineAsync(lines, "{"));
        Assert.Equal(["input_data", "session_id", "messages", "state"], input.EnumerateObject().Select(member => member.Name));
        Assert.Equal(1, input.GetProperty("input_data").GetProperty("q").GetInt32());
    }

    private static async Task<string> LineAsync(StreamReader lines, string begin)
    {
        while (true)
        {
            var line = await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new EndOfStreamException();
            if (line.StartsWith(begin, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    private async Task<string> RunWithFileAsync(string name, string type)
    {
        _simulated.World.Scripts.Set("agentic", "f", new RunScript
        {
            Steps = [new StepScript { Name = "only", Files = [new FileScript { Name = name, Text = "content", ContentType = type }] }],
        });
        var id = (await FieldAsync("mutation { executeFlow(flowId: \"f\", tenantId: \"t\") { id } }", "executeFlow")).GetProperty("id").GetString();
        _simulated.Time.Advance(TimeSpan.FromSeconds(2));
        return $"/executions/{id}/{name}";
    }

    private Task<HttpResponseMessage> ExecuteAsync() => Http.PostAsJsonAsync("/gloriamundo/api/v1/workflows/ok-5s/execute", new { });

    private Task<HttpResponseMessage> AskAsync(string query) => Http.PostAsJsonAsync("/agentic/graphql/", new { query });

    private async Task<JsonElement> FieldAsync(string query, string field)
    {
        using var answer = await AskAsync(query);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty(field);
    }
}
