using System.Net.Http.Headers;
using System.Text.Json;

namespace Vigil.Platforms.Cognite;

/// <summary>Sends a project's requests: compressed, versioned, with a nonce where a run is to act for us.</summary>
internal sealed class CogniteWire : IDisposable
{
    /// <summary>The largest page of a list.</summary>
    public const int LargestPage = 1_000;

    private const int MaxOpaque = 16 * 1024;

    // For how long an answer proves that requests as such are accepted.
    private static readonly TimeSpan ProofHolds = TimeSpan.FromMinutes(1);

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

    /// <summary>Gets how far the platform's clock runs ahead of ours.</summary>
    public TimeSpan ClockAhead => _http.Clock.Ahead;

    public Task<PlatformAnswer> GetAsync(string operation, FormattableString path, CancellationToken cancellationToken) =>
        SendAsync(new(operation, HttpMethod.Get, RemotePath.Below(_base, path)), cancellationToken);

    public Task<PlatformAnswer> PostAsync(
        string operation, FormattableString path, bool acts, Action<Utf8JsonWriter> writeMembers, CancellationToken cancellationToken) =>
        SendAsync(
            new(operation, HttpMethod.Post, RemotePath.Below(_base, path)) { Acts = acts, Content = GzipJson.Object(writeMembers) }, cancellationToken);

    /// <summary>Posts what starts something that acts for us. Its nonce is made for it, lives a minute and is kept nowhere.</summary>
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

    /// <summary>Asks for a page of executions. The platform wants all but the cursor to stay the same from page to page.</summary>
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
                writer.WriteNumber("limit", Math.Clamp(pageSize, 1, LargestPage));
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
    /// The platform answers a status request for an id that it does not know, or that is none, with 400, and so it may answer every request that
    /// is wrong as such. Which of the two it was, another request tells. A request refused whatever it names says nothing of the run.
    /// </summary>
    public async Task ThrowUnlessAcceptedAsync(PlatformException refusal, Func<CancellationToken, Task> probe, CancellationToken cancellationToken)
    {
        if (_time.GetUtcNow().UtcTicks - Interlocked.Read(ref _acceptedAtTicks) < ProofHolds.Ticks)
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

    /// <summary>Whatever goes wrong while a nonce is made, the request that needs it has not been sent.</summary>
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
        headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        headers.Add("cdf-version", "20230101");
        headers.Add("x-cdp-app", "vigil");
    }

    // The documented body has an object; the platform's own client is ready for a text.
    private static ErrorWords ReadError(JsonView body) =>
        body["error"].IsObject ? new(null, body["error"]["message"].Text()) : new(null, body["error"].Text());
}
