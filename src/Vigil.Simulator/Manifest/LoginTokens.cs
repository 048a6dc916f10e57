using System.Buffers.Text;

namespace Vigil.Simulator.Manifest;

/// <summary>The platform's credentials: API keys, and JSON web tokens that expire and can be refreshed.</summary>
internal sealed class LoginTokens(SimulatedPlatforms world)
{
    public const string Platform = "manifest";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Token> _issued = new();
    private readonly ConcurrentDictionary<string, string> _roots = new();

    /// <summary>Returns whether a request is accepted. If it has both an API key and a token, only the key counts.</summary>
    public bool Accepts(SimulatedRequest request)
    {
        if (request.Header("X-API-Key") is { } key)
        {
            return world.Accepts(Platform, key);
        }

        return request.Bearer() is { } token && (_issued.TryGetValue(token, out var issued)
            ? request.Now < issued.ExpiresAt && world.Accepts(Platform, issued.Root)
            : world.Accepts(Platform, token));
    }

    /// <summary>Returns the number at which the request's token was issued, in the order of the fault rules; null if it was not issued here.</summary>
    public int? NumberOf(SimulatedRequest request) =>
        request.Header("X-API-Key") is null && request.Bearer() is { } token && _issued.TryGetValue(token, out var issued) ? issued.Number : null;

    public void Clear()
    {
        _issued.Clear();
        _roots.Clear();
    }

    public SimulatedAnswer Login(SimulatedRequest request, SimulatedManifest platform) =>
        request.Json() is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("password", out var password) && password.ValueKind == JsonValueKind.String
            && world.Accepts(Platform, password.GetString())
            ? Issue(password.GetString()!, request.Now)
            : platform.Error(401, "unauthorized", "Invalid email or password");

    /// <summary>
    /// Issues a new token in exchange for a refresh token or the old token itself. The old token may have expired; then it is only good for this.
    /// </summary>
    public SimulatedAnswer Refresh(SimulatedRequest request, SimulatedManifest platform)
    {
        var root = request.Json() is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("refresh_token", out var refresh)
            ? _roots.GetValueOrDefault(refresh.ToString())
            : request.Bearer() is { } token ? _issued.TryGetValue(token, out var issued) ? issued.Root : token : null;
        return world.Accepts(Platform, root) ? Issue(root!, request.Now) : platform.Error(401, "unauthorized", "Invalid token");
    }

    private SimulatedAnswer Issue(string root, DateTimeOffset now)
    {
        // The times in the token are by the platform's clock; whether it is valid depends on the true time.
        var (end, issuedAt) = (now + Lifetime, world.NowAt(Platform));
        var claims = JsonSerializer.Serialize(new { iat = issuedAt.ToUnixTimeSeconds(), exp = (issuedAt + Lifetime).ToUnixTimeSeconds(), jti = Guid.NewGuid() });
        var token = $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(claims)}.{Encode("simulated")}";
        _issued[token] = new Token(root, end, world.Faults.NextNumber());
        var refreshToken = Encode(Guid.NewGuid().ToString());
        _roots[refreshToken] = root;
        return SimulatedAnswer.Json(new { access_token = token, refresh_token = refreshToken, token_type = "bearer", expires_in = (int)Lifetime.TotalSeconds });
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private sealed record Token(string Root, DateTimeOffset ExpiresAt, int Number);
}
