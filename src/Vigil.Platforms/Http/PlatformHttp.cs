namespace Vigil.Platforms;

/// <summary>
/// Sends a connection's requests: adds the credential, applies the time-out to the whole answer, limits its size, and turns every failure
/// into a <see cref="PlatformException"/>. A refused credential is read again, and if it has changed the request is sent once more.
/// </summary>
internal sealed class PlatformHttp(
    ConnectionOptions connection, HttpClient http, TimeProvider time, PlatformDialect dialect, ISecretSource? secrets = null)
{
    /// <summary>The maximum size of an answer.</summary>
    public const int MaxAnswerBytes = 16 * 1024 * 1024;

    private const int MaxErrorBytes = 64 * 1024;

    private static readonly ProductInfoHeaderValue Product = new("Vigil", "0.1");
    private static readonly StringWithQualityHeaderValue Gzip = new("gzip");
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly ISecretSource _secrets = secrets ?? new Credential(connection, time);

    /// <summary>Gets what is known about the platform's clock. The times in every answer are corrected by it.</summary>
    public PlatformClock Clock { get; } = new();

    public Task<PlatformAnswer> SendAsync(PlatformRequest request, CancellationToken cancellationToken) =>
        AuthenticatedAsync(secret => ReadAsync(request, secret, cancellationToken), cancellationToken);

    public Task<PlatformAnswer> GetAsync(string operation, Uri address, CancellationToken cancellationToken) =>
        SendAsync(new(operation, HttpMethod.Get, address), cancellationToken);

    /// <summary>Posts a request that changes something on the platform, with an object as its body or without a body.</summary>
    public Task<PlatformAnswer> ActAsync(string operation, Uri address, Action<Utf8JsonWriter>? writeMembers, CancellationToken cancellationToken) =>
        SendAsync(
            new(operation, HttpMethod.Post, address) { Acts = true, Content = writeMembers is null ? null : PlatformRequest.JsonObject(writeMembers) },
            cancellationToken);

    /// <summary>Opens an answer for streaming. The request's time-out applies to its headers and to each read of its body.</summary>
    public Task<FileContent> OpenAsync(PlatformRequest request, CancellationToken cancellationToken) =>
        AuthenticatedAsync(secret => StreamAsync(request, secret, cancellationToken), cancellationToken);

    // Getting a secret may take a request of its own, which the time-out does not include: a request that was never sent must not look sent but unanswered.
    private async Task<T> AuthenticatedAsync<T>(Func<string, Task<T>> send, CancellationToken cancellationToken)
    {
        var secret = await _secrets.GetAsync(cancellationToken);
        try
        {
            return await send(secret);
        }
        catch (PlatformException e) when (e.Error is { Kind: PlatformErrorKind.Credential, StatusCode: not null })
        {
            if (await _secrets.RenewAsync(secret, cancellationToken) is not { } renewed)
            {
                throw;
            }

            return await send(renewed);
        }
    }

    private async Task<PlatformAnswer> ReadAsync(PlatformRequest request, string secret, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connection.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await SendOnceAsync(request, secret, both.Token);
            var body = await BodyReader.ReadAsync(response.Content, MaxAnswerBytes, both.Token);
            return new PlatformAnswer(request.Operation, response.StatusCode, body, Clock.Ahead);
        }
        catch (UnreadableBodyException e)
        {
            throw new PlatformException(PlatformErrors.Unreadable(request.Operation, e.Message), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PlatformException(PlatformErrors.TimedOut(request.Operation, connection.RequestTimeout), e);
        }
    }

    private async Task<FileContent> StreamAsync(PlatformRequest request, string secret, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connection.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendOnceAsync(request, secret, both.Token);
            var headers = response.Content.Headers;
            var body = BodyReader.Decode(await response.Content.ReadAsStreamAsync(both.Token), headers);
            var length = headers.ContentEncoding.Count == 0 ? headers.ContentLength : null;
            return new FileContent(
                new DownloadStream(body, response, connection.RequestTimeout, time), headers.ContentType?.ToString(), length, headers.ContentRange);
        }
        catch (UnreadableBodyException e)
        {
            response?.Dispose();
            throw new PlatformException(PlatformErrors.Unreadable(request.Operation, e.Message), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw new PlatformException(PlatformErrors.TimedOut(request.Operation, connection.RequestTimeout), e);
        }
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
            Clock.Learn(response, sentAt, time.GetUtcNow());
        }
        catch (HttpRequestException e)
        {
            throw new PlatformException(PlatformErrors.FromException(request.Operation, e), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Neither the caller nor the time-out cancelled it, so it was the shorter time-out for connecting.
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
        var isHtml = response.Content.Headers.ContentType?.MediaType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true;
        var words = default(ErrorWords);
        try
        {
            using var body = await BodyReader.ReadAsync(response.Content, MaxErrorBytes, cancellationToken);
            isHtml = isHtml || body.Span.TrimStart(" \r\n\t"u8).StartsWith("<"u8);
            using var document = JsonDocument.Parse(body.Memory, new JsonDocumentOptions { MaxDepth = JsonView.MaxDepth });
            words = dialect.ReadError(new JsonView(document.RootElement));
        }
        catch (Exception e) when (e is UnreadableBodyException or JsonException)
        {
            // The status is enough; the body would only add text for people.
        }

        words = new(ErrorCode.Of(words.Code), words.Message is { } message ? _secrets.Redact(message) : null);
        return PlatformErrors.FromStatus(request.Operation, request.Acts, response, words, isHtml, RetryAfter.Of(response, time.GetUtcNow()));
    }
}

/// <summary>How a platform authenticates requests and reports errors.</summary>
/// <param name="Authenticate">Adds the secret to the request's headers.</param>
/// <param name="ReadError">Reads the body of an error answer.</param>
internal sealed record PlatformDialect(Action<HttpRequestHeaders, string> Authenticate, Func<JsonView, ErrorWords> ReadError)
{
    /// <summary>Sends the secret as a bearer token, as most platforms expect it.</summary>
    public static void Bearer(HttpRequestHeaders headers, string secret) => headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);

    /// <summary>Sends the secret as an API key.</summary>
    public static void ApiKey(HttpRequestHeaders headers, string secret) => headers.Add("X-API-Key", secret);
}
