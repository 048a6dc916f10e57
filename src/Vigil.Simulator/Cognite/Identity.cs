using Microsoft.AspNetCore.WebUtilities;

namespace Vigil.Simulator.Cognite;

/// <summary>An identity provider that issues tokens for client credentials, and the nonces of sessions, each valid for one use within a minute.</summary>
internal sealed class Identity(SimulatedPlatforms world)
{
    public const string Platform = "cognite";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan NonceLifetime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Token> _tokens = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _nonces = new();
    private long _lastSession;

    /// <summary>Returns whether a bearer token is accepted: an issued token until it expires and while its client is accepted, or any other accepted secret.</summary>
    public bool Accepts(string? bearer, DateTimeOffset now) => bearer is not null && _tokens.TryGetValue(bearer, out var token)
        ? now < token.ExpiresAt && world.Accepts(Platform, token.Secret)
        : world.Accepts(Platform, bearer);

    /// <summary>Returns the number at which a token was issued, in the order of the fault rules; null if it was not issued here.</summary>
    public int? NumberOf(string? bearer) => bearer is not null && _tokens.TryGetValue(bearer, out var token) ? token.Number : null;

    public void Clear()
    {
        _tokens.Clear();
        _nonces.Clear();
    }

    public SimulatedAnswer IssueToken(SimulatedRequest request)
    {
        var form = new FormReader(Encoding.UTF8.GetString(request.Body.Span)).ReadForm();
        var (client, secret) = Basic(request) ?? (form.GetValueOrDefault("client_id").ToString(), form.GetValueOrDefault("client_secret").ToString());
        if (form.GetValueOrDefault("grant_type") != "client_credentials")
        {
            return SimulatedAnswer.Json(new { error = "unsupported_grant_type" }, 400);
        }

        if (client.Length == 0 || !world.Accepts(Platform, secret))
        {
            return SimulatedAnswer.Json(new { error = "invalid_client", error_description = "The client's secret is wrong." }, 401);
        }

        var token = $"token-{Guid.NewGuid():N}";
        _tokens[token] = new Token(secret, request.Now + TokenLifetime, world.Faults.NextNumber());
        return SimulatedAnswer.Json(new { token_type = "Bearer", expires_in = (int)TokenLifetime.TotalSeconds, access_token = token });
    }

    public SimulatedAnswer CreateSession(SimulatedRequest request)
    {
        if (request.Json() is not { ValueKind: JsonValueKind.Object } body
            || !body.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Array || items.GetArrayLength() != 1
            || TypeOf(items[0]) is not { } type)
        {
            return SimulatedCognite.Refuse(400, "items: exactly one session must be requested");
        }

        if (type == "CLIENT_CREDENTIALS" && !world.Accepts(Platform, items[0].GetProperty("clientSecret").GetString()))
        {
            return SimulatedCognite.Refuse(403, "The client credentials were refused");
        }

        var nonce = $"nonce-{Guid.NewGuid():N}";
        _nonces[nonce] = request.Now + NonceLifetime;
        return SimulatedAnswer.Json(new
        {
            items = new[] { new { id = Interlocked.Increment(ref _lastSession), type, status = "READY", nonce, clientId = "simulated-client" } },
        });
    }

    /// <summary>Consumes a nonce; returns whether it was valid.</summary>
    public bool TryBind(string? nonce, DateTimeOffset now) => nonce is not null && _nonces.TryRemove(nonce, out var end) && now <= end;

    private static string? TypeOf(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return IsTrue(item, "tokenExchange") ? "TOKEN_EXCHANGE"
            : IsTrue(item, "oneshotTokenExchange") ? "ONESHOT_TOKEN_EXCHANGE"
            : IsText(item, "clientId") && IsText(item, "clientSecret") ? "CLIENT_CREDENTIALS"
            : null;
    }

    private static bool IsTrue(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static bool IsText(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static (string Client, string Secret)? Basic(SimulatedRequest request)
    {
        if (request.Header("Authorization") is not { } header || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])).Split(':', 2) is [var client, var secret]
                ? (Uri.UnescapeDataString(client), Uri.UnescapeDataString(secret))
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private sealed record Token(string Secret, DateTimeOffset ExpiresAt, int Number);
}
