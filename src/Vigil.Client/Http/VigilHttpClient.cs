using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Vigil.Client;

/// <summary>
/// The client over HTTP. Requests that got no answer, or 500, 502, 503 or 504, are repeated up to six times within several seconds, beside the time that the
/// answers take; starts carry a key, so that a repeated one has no further effect.
/// </summary>
/// <param name="http">Sends the requests; its <see cref="HttpClient.BaseAddress"/> is the gateway.</param>
public sealed partial class VigilHttpClient(HttpClient http) : IVigilClient
{
    private const string Executions = "v1/executions";

    /// <summary>Creates a client with connections of its own.</summary>
    /// <param name="address">The address of the gateway, such as <c>http://127.0.0.1:5080</c>.</param>
    /// <param name="key">The API key; null for none.</param>
    /// <exception cref="ArgumentException">The address is not one of HTTP.</exception>
    public VigilHttpClient(Uri address, string? key = null)
        : this(Create(address, key))
    {
    }

    /// <inheritdoc />
    public Task<ExecutionHandle> StartAsync(StartExecution request, string? key = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (input, options) = (Parse("input", request.Input), Parse("options", request.Options));
        var body = Body(request with { Input = null, Options = null }, VigilJson.Default.StartExecution, request.SubscriberIds);
        (body["input"], body["options"], body["key"]) = (input, options, key ?? Guid.CreateVersion7().ToString());
        return CreateAsync(Executions, body, cancellationToken);
    }

    /// <inheritdoc />
    public Task<ExecutionHandle> AdoptAsync(AdoptExecution request, string? key = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = Body(request, VigilJson.Default.AdoptExecution, request.SubscriberIds);
        if (key is not null)
        {
            // Without a key, everyone who adopts the run gets the same execution.
            body["key"] = key;
        }

        return CreateAsync($"{Executions}/adopt", body, cancellationToken);
    }

    /// <inheritdoc />
    public Task<Execution> GetAsync(string id, CancellationToken cancellationToken = default) => GetAsync(Of(id), VigilJson.Default.Execution, cancellationToken);

    /// <inheritdoc />
    public Task<Execution> WaitAsync(string id, TimeSpan timeout, long? sinceVersion = null, CancellationToken cancellationToken = default)
    {
        var wait = Math.Min(timeout.TotalSeconds, RequestLimits.MaxWait.TotalSeconds);
        var address = string.Create(CultureInfo.InvariantCulture, $"{Of(id)}?wait={wait}s{(sinceVersion is { } version ? $"&since_version={version}" : "")}");
        return GetAsync(address, VigilJson.Default.Execution, cancellationToken);
    }

    /// <inheritdoc />
    public Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return GetAsync($"{Executions}?{QueryOf(query)}", VigilJson.Default.ExecutionList, cancellationToken);
    }

    /// <inheritdoc />
    public Task<StepList> ListStepsAsync(
        string id, int pageSize = StepList.DefaultPageSize, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync($"{Of(id)}/steps?page_size={pageSize}{Parameter("cursor", cursor)}", VigilJson.Default.StepList, cancellationToken);

    /// <inheritdoc />
    public async Task<OpenFile> OpenFileAsync(string id, string fileId, string? range = null, CancellationToken cancellationToken = default)
    {
        var files = await ItemsAsync($"{Of(id)}/files", VigilJson.Default.ImmutableArrayExecutionFile, cancellationToken);
        var file = files.FirstOrDefault(file => file.Id == fileId) ?? throw new ExecutionFileNotFoundException(id, fileId);
        var request = new HttpRequestMessage(HttpMethod.Get, $"{Of(id)}/files/{Uri.EscapeDataString(fileId)}");
        request.Headers.Range = range is null ? null : RangeHeaderValue.Parse(range);
        var response = await OpenAsync(request, cancellationToken);
        var headers = response.Content.Headers;
        var download = new FileDownload(file, headers.ContentType?.ToString(), headers.ContentLength, headers.ContentRange?.ToString());
        return new OpenFile(download, cancellation => ReadAsync(response, cancellation), () =>
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        });
    }

    /// <inheritdoc />
    public Task<Execution> CancelAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        CommandAsync(id, "cancel", reason, cancellationToken);

    /// <inheritdoc />
    public Task<Execution> AbandonAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        CommandAsync(id, "abandon", reason, cancellationToken);

    /// <inheritdoc />
    public Task<Execution> RetryAsync(string id, CancellationToken cancellationToken = default) => CommandAsync(id, "retry", null, cancellationToken);

    /// <inheritdoc />
    public Task<Execution> NudgeAsync(string id, CancellationToken cancellationToken = default) => CommandAsync(id, "nudge", null, cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<ConnectionStatus>> ListConnectionsAsync(CancellationToken cancellationToken = default) =>
        ItemsAsync("v1/connections", VigilJson.Default.ImmutableArrayConnectionStatus, cancellationToken);

    /// <inheritdoc />
    public Task<ConnectionStatus> PauseConnectionAsync(string name, CancellationToken cancellationToken = default) =>
        PostAsync($"v1/connections/{Uri.EscapeDataString(name)}/pause", null, VigilJson.Default.ConnectionStatus, cancellationToken);

    /// <inheritdoc />
    public Task<ConnectionStatus> ResumeConnectionAsync(string name, CancellationToken cancellationToken = default) =>
        PostAsync($"v1/connections/{Uri.EscapeDataString(name)}/resume", null, VigilJson.Default.ConnectionStatus, cancellationToken);

    // A dot-segment would change the path, and the id is not valid anyway.
    private static string Of(string id)
    {
        RequestLimits.ThrowIfAny(RequestLimits.CheckId("id", id));
        return $"{Executions}/{id}";
    }

    private static string QueryOf(ExecutionQuery query)
    {
        var statuses = query.Statuses.IsDefault ? [] : query.Statuses;
        var names = statuses.Select(status => Parameter("status", Word(status)));
        (string Name, string? Value)[] others =
        [
            ("connection", query.Connection),
            ("target", query.TargetId),
            ("attention", query.Attention is { } attention ? (attention ? "true" : "false") : null),
            ("page", query.Page?.ToString(CultureInfo.InvariantCulture)),
            ("cursor", query.Cursor),
            ("order_by", Word(query.OrderBy)),
            ("order_direction", query.Ascending ? "asc" : "desc"),
        ];
        return $"page_size={query.PageSize}{string.Concat(names)}{string.Concat(others.Select(other => Parameter(other.Name, other.Value)))}";
    }

    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Parameter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private static JsonObject Body<T>(T request, JsonTypeInfo<T> type, ImmutableArray<string> subscribers) => subscribers.IsEmpty
        ? JsonSerializer.SerializeToNode(request, type)!.AsObject()
        : throw new InvalidRequestException([new("subscribers", "are grains and cannot be named over HTTP; use the client over Orleans (AddVigilClient), or wait with the handle.")]);

    private static JsonNode? Parse(string field, string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            throw new InvalidRequestException([new(field, "must be a JSON object.")]);
        }
    }

    private async Task<ExecutionHandle> CreateAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        var execution = await PostAsync(path, body, VigilJson.Default.Execution, cancellationToken);
        return new(this, execution.Id, execution);
    }

    private Task<Execution> CommandAsync(string id, string command, string? reason, CancellationToken cancellationToken) =>
        PostAsync($"{Of(id)}/{command}", reason is null ? null : new() { ["reason"] = reason }, VigilJson.Default.Execution, cancellationToken);

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new(HttpMethod.Get, path), cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    private async Task<T> PostAsync<T>(string path, JsonObject? body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await SendAsync(new(HttpMethod.Post, path) { Content = content }, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    private async Task<ImmutableArray<T>> ItemsAsync<T>(string path, JsonTypeInfo<ImmutableArray<T>> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new(HttpMethod.Get, path), cancellationToken);
        try
        {
            using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
            if (body.RootElement is { ValueKind: JsonValueKind.Object } list && list.TryGetProperty("items", out var items))
            {
                return items.Deserialize(type);
            }
        }
        catch (JsonException)
        {
            // As below.
        }

        throw ProblemReader.NotVigil(response);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw ProblemReader.NotVigil(response);
        }
        catch (JsonException)
        {
            // A proxy's page to log in has status 200.
            throw ProblemReader.NotVigil(response);
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        while (await ReadAsync(body, buffer, cancellationToken) is > 0 and var count)
        {
            yield return buffer.AsMemory(0, count);
        }
    }

    private static async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            throw new VigilUnavailableException($"The download was interrupted; open the file again: {e.Message}", inner: e);
        }
    }
}
