namespace Vigil.Platforms;

/// <summary>
/// Sends a connection's requests: adds the credential, applies the time-out to the whole response, limits its size, and turns every failure
/// into a <see cref="PlatformException"/>. If the credential is refused and has been replaced meanwhile, the request is sent once more.
/// </summary>
/// <param name="connection">The connection, whose credential and time-out apply.</param>
/// <param name="http">The client that the platform was given for the connection.</param>
/// <param name="time">The clock.</param>
/// <param name="dialect">How the platform authenticates requests and reports errors.</param>
/// <param name="secrets">Where the secret comes from; null for the connection's credential.</param>
public sealed class PlatformHttp(
    ConnectionOptions connection, HttpClient http, TimeProvider time, PlatformDialect dialect, ISecretSource? secrets = null)
{
    /// <summary>The length to which a longer response is shortened.</summary>
    public const int MaxResponseBytes = 16 * 1024 * 1024;

    /// <summary>The length up to which a response is read, and shortened to <see cref="MaxResponseBytes"/>.</summary>
    private const long MaxStreamedBytes = 256L * 1024 * 1024;

    private const int MaxErrorBytes = 64 * 1024;
    private const int MaxErrorText = 200;

    // How long a successful response counts as proof that the platform accepts our requests.
    private static readonly TimeSpan ProofLifetime = TimeSpan.FromMinutes(1);

    private static readonly ProductInfoHeaderValue Product = new("Vigil", "0.1");
    private static readonly StringWithQualityHeaderValue Gzip = new("gzip");
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly ISecretSource _secrets = secrets ?? new Credential(connection, time);
    private long _acceptedAtTicks;

    /// <summary>Gets the estimate of the platform's clock, by which the times in every response are corrected.</summary>
    internal PlatformClock Clock { get; } = new();

    /// <summary>Replaces the secrets in a text from the platform.</summary>
    public string Redact(string text) => _secrets.Redact(text);

    /// <summary>Sends a request and reads its response, which the caller disposes.</summary>
    /// <exception cref="PlatformException">There is no successful response.</exception>
    public Task<PlatformResponse> SendAsync(PlatformRequest request, CancellationToken cancellationToken) =>
        AuthenticatedAsync(request, ReadAsync, cancellationToken);

    /// <summary>Sends a GET.</summary>
    /// <exception cref="PlatformException">There is no successful response.</exception>
    public Task<PlatformResponse> GetAsync(string operation, Uri address, CancellationToken cancellationToken) =>
        SendAsync(new(operation, HttpMethod.Get, address), cancellationToken);

    /// <summary>Posts a request that changes something on the platform, with a JSON object as its body or without a body.</summary>
    public Task<PlatformResponse> ActAsync(string operation, Uri address, Action<Utf8JsonWriter>? writeMembers, CancellationToken cancellationToken) =>
        SendAsync(
            new(operation, HttpMethod.Post, address) { Acts = true, Content = writeMembers is null ? null : PlatformRequest.JsonObject(writeMembers) },
            cancellationToken);

    /// <summary>Opens a response for streaming. The request's time-out applies to its headers and to each read of its body.</summary>
    public Task<FileContent> OpenAsync(PlatformRequest request, CancellationToken cancellationToken) =>
        AuthenticatedAsync(request, StreamAsync, cancellationToken);

    /// <summary>
    /// Returns whether other requests are accepted, lately or by a probe. If so, a status request that was refused with 400 was refused because of its
    /// run's id; otherwise it says nothing of the run.
    /// </summary>
    public async Task<bool> AcceptsAsync(Func<CancellationToken, Task> probe, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow().UtcTicks - Interlocked.Read(ref _acceptedAtTicks) < ProofLifetime.Ticks)
        {
            return true;
        }

        try
        {
            await probe(cancellationToken);
            return true;
        }
        catch (PlatformException e) when (e.Error.StatusCode == 400)
        {
            return false;
        }
    }

    // The time-out excludes getting the secret, which may take a request of its own: a request that was never sent must not look sent but unanswered.
    private async Task<T> AuthenticatedAsync<T>(
        PlatformRequest request, Func<PlatformRequest, HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var secret = await _secrets.GetAsync(cancellationToken);
        try
        {
            return await TimedAsync(request, secret, read, cancellationToken);
        }
        catch (PlatformException e) when (e.Error is { Kind: PlatformErrorKind.Credential, StatusCode: not null })
        {
            if (await _secrets.RenewAsync(secret, cancellationToken) is not { } renewed)
            {
                throw;
            }

            return await TimedAsync(request, renewed, read, cancellationToken);
        }
    }

    private async Task<T> TimedAsync<T>(
        PlatformRequest request, string secret, Func<PlatformRequest, HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connection.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendOnceAsync(request, secret, both.Token);
            return await read(request, response, both.Token);
        }
        catch (UnreadableBodyException e)
        {
            response?.Dispose();
            var trace = response is null ? "" : new StartTrace(request, response, Redact).Of(body: []);
            throw new PlatformException(PlatformErrors.Unreadable(request.Operation, e.Message + trace), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw new PlatformException(PlatformErrors.TimedOut(request.Operation, connection.RequestTimeout), e);
        }
    }

    private async Task<PlatformResponse> ReadAsync(PlatformRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await BodyReader.ReadAsync(response.Content, MaxResponseBytes, MaxStreamedBytes, cancellationToken);
            var receivedAt = time.GetUtcNow();
            Interlocked.Exchange(ref _acceptedAtTicks, receivedAt.UtcTicks);
            return new PlatformResponse(request.Operation, response.StatusCode, body, Clock.Ahead, receivedAt, new(request, response, Redact));
        }
    }

    private async Task<FileContent> StreamAsync(PlatformRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = response.Content.Headers;
        var body = BodyReader.Decode(await response.Content.ReadAsStreamAsync(cancellationToken), headers);
        var length = headers.ContentEncoding.Count == 0 ? headers.ContentLength : null;
        return new FileContent(
            new DownloadStream(body, response, connection.RequestTimeout, time), headers.ContentType?.ToString(), length, headers.ContentRange);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(PlatformRequest request, string secret, CancellationToken cancellationToken)
    {
        using var message = request.ToMessage();
        message.Headers.UserAgent.Add(Product);
        message.Headers.Accept.Add(Json);
        if (!request.IsDownload)
        {
            message.Headers.AcceptEncoding.Add(Gzip);
        }

        dialect.Authenticate(message.Headers, secret);
        var sentAt = time.GetUtcNow();
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            Clock.Observe(response, sentAt, time.GetUtcNow());
        }
        catch (HttpRequestException e)
        {
            throw new PlatformException(PlatformErrors.FromException(request.Operation, e), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Neither the caller nor the request's time-out cancelled it, so the connect time-out did.
            throw new PlatformException(PlatformErrors.NoConnection(request.Operation, "timeout"), e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new PlatformException(await ReadErrorAsync(request, response, cancellationToken));
        }
    }

    private async Task<PlatformError> ReadErrorAsync(PlatformRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (details, isOwn) = (default(ErrorDetails), false);
        try
        {
            using var body = await BodyReader.ReadAsync(response.Content, MaxErrorBytes, maxBytes: 0, cancellationToken);
            using var document = body.TryParse();
            var view = document is null ? default : new JsonView(document.RootElement);
            isOwn = dialect.IsOwn(view);
            details = view.IsObject ? dialect.ReadError(view) : new(null, TextOf(response, body));
            details = details with { Message = details.Message ?? PlatformErrors.WordsIn(view) };
        }
        catch (UnreadableBodyException)
        {
            // The status is enough; the body would only improve the message.
        }

        if ((int)response.StatusCode is >= 300 and < 400 && request.LocationIn(response) is { } location)
        {
            // Neither the query nor a user's name, which may be secrets.
            var address = location.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
            details = details with { Message = $"moved to {PlainText.Of(address)}" };
        }

        details = new(PlatformErrors.ToSnakeCase(details.Code), details.Message is { } message ? Redact(message) : null);
        return PlatformErrors.FromStatus(request, response, details, isOwn, RetryAfter.Of(response, time.GetUtcNow()));
    }

    // The beginning of a body that is not JSON shows who answered, unless it is a page.
    private static string? TextOf(HttpResponseMessage response, PooledBytes body)
    {
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxErrorText)]).Trim();
        return response.Content.Headers.ContentType?.MediaType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true || text.StartsWith('<') ? "an HTML page"
            : text.Length > 0 ? PlainText.Of(text)
            : null;
    }
}

/// <summary>How a platform authenticates requests and reports errors.</summary>
/// <param name="Authenticate">Adds the secret to a request's headers.</param>
/// <param name="ReadError">Reads the code and the message of an error body that is an object.</param>
public sealed record PlatformDialect(Action<HttpRequestHeaders, string> Authenticate, Func<JsonView, ErrorDetails> ReadError)
{
    /// <summary>Gets what tells an error body of the platform's own from one that a gateway wrote: by default, a member <c>error</c>, an object or a text.</summary>
    public Func<JsonView, bool> IsOwn { get; init; } = HasError;

    /// <summary>Returns whether a body has a member <c>error</c>, an object or a text.</summary>
    public static bool HasError(JsonView body) => body["error"].IsObject || body["error"].Text() is not null;

    /// <summary>Sends the secret as <c>Authorization: Bearer</c>.</summary>
    public static void Bearer(HttpRequestHeaders headers, string secret) => headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);

    /// <summary>Sends the secret as <c>X-API-Key</c>.</summary>
    public static void ApiKey(HttpRequestHeaders headers, string secret) => headers.Add("X-API-Key", secret);
}
