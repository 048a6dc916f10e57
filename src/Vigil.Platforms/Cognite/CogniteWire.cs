namespace Vigil.Platforms.Cognite;

/// <summary>Sends a project's requests: compressed, with the API version, and with a nonce if a run is to act on our behalf.</summary>
internal sealed class CogniteWire : IDisposable
{
    /// <summary>The largest page of a list.</summary>
    public const int MaxPageSize = 1_000;

    private const int MaxOpaque = 16 * 1024;

    // How long a successful answer proves that our requests are accepted in general.
    private static readonly TimeSpan ProofLifetime = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Uri _base;
    private readonly PlatformHttp _http;
    private readonly ClientCredentials? _client;
    private readonly AccessTokens? _tokens;
    private long _acceptedAtTicks;

    public CogniteWire(ConnectionOptions connection, HttpClient http, TimeProvider time)
    {
        _time = time;
        _base = RemotePath.Below(connection.BaseAddress!, $"api/v1/projects/{connection.Settings[CognitePlatform.ProjectSetting]}");
        if (connection.Settings.ContainsKey(CognitePlatform.TokenAddressSetting))
        {
            _client = new ClientCredentials(connection, http, time);
            _tokens = new AccessTokens(first: null, (_, cancellation) => _client.FetchAsync(cancellation), time);
        }

        _http = new PlatformHttp(connection, http, time, new PlatformDialect(Authenticate, ReadError), _tokens);
    }

    /// <summary>Gets how far the platform's clock is ahead of ours.</summary>
    public TimeSpan ClockAhead => _http.Clock.Ahead;

    public Task<PlatformAnswer> GetAsync(string operation, FormattableString path, CancellationToken cancellationToken) =>
        SendAsync(new(operation, HttpMethod.Get, RemotePath.Below(_base, path)), cancellationToken);

    public Task<PlatformAnswer> PostAsync(
        string operation, FormattableString path, bool acts, Action<Utf8JsonWriter> writeMembers, CancellationToken cancellationToken) =>
        SendAsync(
            new(operation, HttpMethod.Post, RemotePath.Below(_base, path)) { Acts = acts, Content = PlatformRequest.JsonObject(writeMembers, isCompressed: true) }, cancellationToken);

    /// <summary>Posts a request that starts something that acts on our behalf. It carries a new nonce, which is valid for a minute and not stored.</summary>
    public async Task<PlatformAnswer> PostActingForUsAsync(
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

    /// <summary>Requests a page of executions. The platform requires that everything except the cursor is the same for every page.</summary>
    public Task<PlatformAnswer> ListAsync(Action<Utf8JsonWriter> writeFilter, int pageSize, string? cursor, CancellationToken cancellationToken) =>
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

    public static IEnumerable<JsonView> ItemsOf(PlatformAnswer answer) =>
        answer.Json()["items"] is { IsArray: true } items ? items.Items() : throw answer.Unusable("it has no list");

    public static string? NextOf(PlatformAnswer answer) => answer.Json()["nextCursor"].Text(MaxOpaque);

    /// <summary>
    /// The platform answers a status request for an unknown or invalid id with 400, but it may answer any bad request with 400. Another request
    /// shows which it was: if that is refused too, the 400 says nothing about the run, and the refusal is thrown as transient.
    /// </summary>
    public async Task ThrowUnlessAcceptedAsync(PlatformException refusal, Func<CancellationToken, Task> probe, CancellationToken cancellationToken)
    {
        if (_time.GetUtcNow().UtcTicks - Interlocked.Read(ref _acceptedAtTicks) < ProofLifetime.Ticks)
        {
            return;
        }

        try
        {
            await probe(cancellationToken);
        }
        catch (PlatformException e) when (e.Error is { StatusCode: 400, Kind: PlatformErrorKind.Final })
        {
            throw new PlatformException(refusal.Error with { Kind = PlatformErrorKind.Transient }, e);
        }
    }

    public void Dispose() => _tokens?.Dispose();

    /// <summary>Creates a nonce. If that fails, the request that needs it has certainly not been sent.</summary>
    private async Task<string> CreateNonceAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await PostAsync("The session request", $"sessions", acts: false, WriteSession, cancellationToken);
            return ItemsOf(answer).FirstOrDefault()["nonce"].Text(MaxOpaque) ?? throw answer.Unusable("it has no nonce");
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

    private async Task<PlatformAnswer> SendAsync(PlatformRequest request, CancellationToken cancellationToken)
    {
        var answer = await _http.SendAsync(request, cancellationToken);
        Interlocked.Exchange(ref _acceptedAtTicks, _time.GetUtcNow().UtcTicks);
        return answer;
    }

    private static void Authenticate(HttpRequestHeaders headers, string secret)
    {
        PlatformDialect.Bearer(headers, secret);
        headers.Add("cdf-version", "20230101");
        headers.Add("x-cdp-app", "vigil");
    }

    // The documentation has an object; the platform's own client also accepts a string.
    private static ErrorWords ReadError(JsonView body) =>
        body["error"].IsObject ? new(null, body["error"]["message"].Text()) : new(null, body["error"].Text());
}
