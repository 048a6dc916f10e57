using Microsoft.AspNetCore.WebUtilities;

namespace Vigil.Simulator.Cognite;

/// <summary>Issues tokens for client credentials, and sessions with nonces, each valid for one use within a minute.</summary>
internal sealed class Identity(SimulatedPlatforms world, string platform, IssuedTokens tokens)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan NonceLifetime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _nonces = new();
    private long _lastSession;

    public void Clear() => _nonces.Clear();

    public SimulatedResponse IssueToken(SimulatedRequest request)
    {
        var form = new FormReader(Encoding.UTF8.GetString(request.Body.Span)).ReadForm();
        var (client, secret) = Basic(request) ?? (form.GetValueOrDefault("client_id").ToString(), form.GetValueOrDefault("client_secret").ToString());
        if (form.GetValueOrDefault("grant_type") != "client_credentials")
        {
            return SimulatedResponse.Json(new { error = "unsupported_grant_type" }, 400);
        }

        if (client.Length == 0 || !world.Accepts(platform, secret))
        {
            return SimulatedResponse.Json(new { error = "invalid_client", error_description = "The client's secret is wrong." }, 401);
        }

        var token = $"token-{Guid.NewGuid():N}";
        tokens.Add(token, request.Now + TokenLifetime, secret);
        return SimulatedResponse.Json(new { token_type = "Bearer", expires_in = (int)TokenLifetime.TotalSeconds, access_token = token });
    }

    public SimulatedResponse CreateSession(SimulatedRequest request)
    {
        if (request.Json()?.Member("items") is not { ValueKind: JsonValueKind.Array } items || items.GetArrayLength() != 1 || TypeOf(items[0]) is not { } type)
        {
            return SimulatedCognite.Refuse(400, "items: exactly one session must be requested");
        }

        if (type == "CLIENT_CREDENTIALS" && !world.Accepts(platform, items[0].Text("clientSecret")))
        {
            return SimulatedCognite.Refuse(403, "The client credentials were refused");
        }

        var nonce = $"nonce-{Guid.NewGuid():N}";
        _nonces[nonce] = request.Now + NonceLifetime;
        return SimulatedResponse.Json(new
        {
            items = new[] { new { id = Interlocked.Increment(ref _lastSession), type, status = "READY", nonce, clientId = "simulated-client" } },
        });
    }

    /// <summary>Consumes a nonce; returns whether it was valid.</summary>
    public bool TryConsumeNonce(string? nonce, DateTimeOffset now) => nonce is not null && _nonces.TryRemove(nonce, out var end) && now <= end;

    private static string? TypeOf(JsonElement item) =>
        item.Member("tokenExchange") is { ValueKind: JsonValueKind.True } ? "TOKEN_EXCHANGE"
        : item.Member("oneshotTokenExchange") is { ValueKind: JsonValueKind.True } ? "ONESHOT_TOKEN_EXCHANGE"
        : item.Text("clientId") is not null && item.Text("clientSecret") is not null ? "CLIENT_CREDENTIALS"
        : null;

    private static (string Client, string Secret)? Basic(SimulatedRequest request)
    {
        if (request.Header("Authorization") is not { } header || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header[6..], bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var client, var secret]
            ? (Uri.UnescapeDataString(client), Uri.UnescapeDataString(secret))
            : null;
    }
}
