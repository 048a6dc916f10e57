namespace Vigil.Platforms.Cognite;

/// <summary>Sends a project's requests, compressed and with the API version; those that start a run carry a nonce that lets it act on our behalf.</summary>
internal sealed class CogniteWire : IDisposable
{
    public const int MaxPageSize = 1_000;

    private const int MaxOpaque = 16 * 1024;

    private readonly Uri _base;
    private readonly PlatformHttp _http;
    private readonly ClientCredentials? _client;
    private readonly AccessTokens? _tokens;

    public CogniteWire(ConnectionOptions connection, HttpClient http, TimeProvider time)
    {
        _base = RemotePath.Build(connection.BaseAddress!, $"api/v1/projects/{connection.Settings[CognitePlatform.ProjectSetting]}");
        if (connection.Settings.ContainsKey(CognitePlatform.TokenAddressSetting))
        {
            _client = new ClientCredentials(connection, http, time);
            _tokens = new AccessTokens(first: null, (_, cancellation) => _client.FetchAsync(cancellation), time);
        }

        _http = new PlatformHttp(connection, http, time, new PlatformDialect(Authenticate, ReadError), _tokens);
    }

    public TimeSpan ClockAhead => _http.Clock.Ahead;

    public Task<PlatformResponse> GetAsync(string operation, FormattableString path, CancellationToken cancellationToken) =>
        _http.SendAsync(new(operation, HttpMethod.Get, RemotePath.Build(_base, path)), cancellationToken);

    public Task<PlatformResponse> PostAsync(
        string operation, FormattableString path, bool acts, Action<Utf8JsonWriter> writeMembers, CancellationToken cancellationToken) =>
        _http.SendAsync(
            new(operation, HttpMethod.Post, RemotePath.Build(_base, path)) { Acts = acts, Content = PlatformRequest.JsonObject(writeMembers, isCompressed: true) }, cancellationToken);

    /// <summary>Posts a request that starts or retries a run. It carries a new nonce, which is valid for a minute.</summary>
    public async Task<PlatformResponse> PostWithNonceAsync(
        string operation, FormattableString path, Action<Utf8JsonWriter> writeMembers, CancellationToken cancellationToken)
    {
        var nonce = await CreateNonceAsync(cancellationToken);
        return await PostAsync(
            operation,
            path,
            acts: true,
            writer =>
            {
                writer.WriteStartObject("authentication");
                writer.WriteString("nonce", nonce);
                writer.WriteEndObject();
                writeMembers(writer);
            },
            cancellationToken);
    }

    /// <summary>Requests a page of executions. Everything except the cursor must be the same for every page.</summary>
    public Task<PlatformResponse> ListAsync(Action<Utf8JsonWriter> writeFilter, int pageSize, string? cursor, CancellationToken cancellationToken) =>
        PostAsync(
            "The list request",
            $"workflows/executions/list",
            acts: false,
            writer =>
            {
                writer.WriteStartObject("filter");
                writeFilter(writer);
                writer.WriteEndObject();
                writer.WriteNumber("limit", Math.Clamp(pageSize, 1, MaxPageSize));
                if (cursor is not null)
                {
                    writer.WriteString("cursor", cursor);
                }
            },
            cancellationToken);

    public static string? NextOf(PlatformResponse response) => response.Json()["nextCursor"].Exact(MaxOpaque);

    /// <inheritdoc cref="PlatformHttp.AcceptsAsync"/>
    public Task<bool> AcceptsAsync(Func<CancellationToken, Task> probe, CancellationToken cancellationToken) => _http.AcceptsAsync(probe, cancellationToken);

    public void Dispose() => _tokens?.Dispose();

    /// <summary>Creates a nonce. If that fails, the request that needs it has not been sent.</summary>
    private async Task<string> CreateNonceAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await PostAsync("The session request", $"sessions", acts: false, WriteSession, cancellationToken);
            return response.List("items").FirstOrDefault()["nonce"].Exact(MaxOpaque) ?? throw response.Unusable("it has no nonce");
        }
        catch (PlatformException e) when (!e.Error.CertainlyNotActedOn)
        {
            throw new PlatformException(e.Error with { CertainlyNotActedOn = true }, e);
        }
    }

    private void WriteSession(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("items");
        writer.WriteStartObject();
        if (_client is null)
        {
            writer.WriteBoolean("tokenExchange", true);
        }
        else
        {
            writer.WriteString("clientId", _client.ClientId);
            writer.WriteString("clientSecret", _client.Secret);
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void Authenticate(HttpRequestHeaders headers, string secret)
    {
        PlatformDialect.Bearer(headers, secret);
        headers.Add("cdf-version", "20230101");
        headers.Add("x-cdp-app", "vigil");
    }

    // The documented form is an object; the platform's own client also accepts a string.
    private static ErrorDetails ReadError(JsonView body) =>
        body["error"].IsObject ? new(null, body["error"]["message"].Text()) : new(null, body["error"].Text());
}
