namespace Vigil.Platforms.Cognite;

/// <summary>Fetches access tokens with OAuth 2.0 client credentials: the connection's credential is the client's secret.</summary>
internal sealed class ClientCredentials
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    private readonly ConnectionOptions _connection;
    private readonly TimeProvider _time;
    private readonly PlatformHttp _http;
    private readonly Credential _secret;

    public ClientCredentials(ConnectionOptions connection, HttpClient http, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _secret = new Credential(connection, time);

        // The secret is sent in the form, as the platform's own clients do, not in a header.
        _http = new PlatformHttp(connection, http, time, new PlatformDialect((_, _) => { }, ReadError));
    }

    public string ClientId => _connection.Settings[CognitePlatform.ClientSetting];

    /// <summary>Gets the client's secret, which is also needed to create a session.</summary>
    public string Secret => _secret.Get();

    public async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        var address = new Uri(_connection.Settings[CognitePlatform.TokenAddressSetting]);
        try
        {
            var sentAt = _time.GetUtcNow();
            using var answer = await _http.SendAsync(
                new("The token request", HttpMethod.Post, address) { Content = () => new FormUrlEncodedContent(Form()) }, cancellationToken);
            var body = answer.Json();
            var token = body["access_token"].Text(PlatformHttp.MaxAnswerBytes) is { } value && Credential.IsUsable(value)
                ? value
                : throw answer.Unusable("it has no token");
            var life = LifeOf(body["expires_in"]);
            return new AccessToken(token, sentAt + life, life);
        }
        catch (PlatformException e)
        {
            // Whether or not a token was issued, the request that needed it has not been sent.
            var kind = e.Error.Kind == PlatformErrorKind.Final ? PlatformErrorKind.Credential : e.Error.Kind;
            throw new PlatformException(e.Error with { Kind = kind, CertainlyNotActedOn = true }, e);
        }
    }

    private static TimeSpan LifeOf(JsonView seconds)
    {
        // Some identity providers write the number as text.
        var reported = seconds.Number() ?? (double.TryParse(seconds.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null);
        return reported is { } life and > 0 ? TimeSpan.FromSeconds(Math.Min(life, MaxLifetime.TotalSeconds)) : DefaultLifetime;
    }

    private IEnumerable<KeyValuePair<string, string>> Form()
    {
        yield return new("grant_type", "client_credentials");
        yield return new("client_id", ClientId);
        yield return new("client_secret", _secret.Get());
        if (_connection.Settings.GetValueOrDefault(CognitePlatform.ScopesSetting) is { Length: > 0 } scopes)
        {
            yield return new("scope", scopes);
        }

        if (_connection.Settings.GetValueOrDefault(CognitePlatform.AudienceSetting) is { Length: > 0 } audience)
        {
            yield return new("audience", audience);
        }
    }

    private static ErrorWords ReadError(JsonView body) => new(body["error"].Text(), body["error_description"].Text() ?? body["error"].Text());
}
