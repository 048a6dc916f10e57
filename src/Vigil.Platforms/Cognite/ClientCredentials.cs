namespace Vigil.Platforms.Cognite;

/// <summary>Fetches access tokens with OAuth 2.0 client credentials: the connection's credential is the client's secret.</summary>
internal sealed class ClientCredentials(ConnectionOptions connection, HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    private readonly Credential _secret = new(connection, time);

    // The secret is sent in the form, not in a header, as the platform's own clients do.
    private readonly PlatformHttp _http = new(connection, http, time, new PlatformDialect((_, _) => { }, ReadError));

    public string ClientId => connection.Settings[CognitePlatform.ClientSetting];

    public string Secret => _secret.Get();

    public Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        var sentAt = time.GetUtcNow();
        var address = new Uri(connection.Settings[CognitePlatform.TokenAddressSetting]);
        return AccessTokens.RequestAsync(
            _http,
            new("The token request", HttpMethod.Post, address) { Content = () => new FormUrlEncodedContent(Form()) },
            (token, body) =>
            {
                var lifetime = LifetimeOf(body["expires_in"]);
                return new AccessToken(token, sentAt + lifetime, lifetime);
            },
            redact: null,
            cancellationToken);
    }

    private static TimeSpan LifetimeOf(JsonView seconds)
    {
        // Some identity providers write the number as text.
        var reported = seconds.Number() ?? (double.TryParse(seconds.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null);
        return reported is { } life and > 0 ? TimeSpan.FromSeconds(Math.Min(life, MaxLifetime.TotalSeconds)) : DefaultLifetime;
    }

    private IEnumerable<KeyValuePair<string, string>> Form()
    {
        yield return new("grant_type", "client_credentials");
        yield return new("client_id", ClientId);
        yield return new("client_secret", Secret);
        if (connection.Setting(CognitePlatform.ScopesSetting) is { } scopes)
        {
            yield return new("scope", scopes);
        }

        if (connection.Setting(CognitePlatform.AudienceSetting) is { } audience)
        {
            yield return new("audience", audience);
        }
    }

    private static ErrorDetails ReadError(JsonView body) => new(body["error"].Text(), body["error_description"].Text() ?? body["error"].Text());
}
