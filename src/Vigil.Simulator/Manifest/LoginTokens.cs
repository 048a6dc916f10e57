using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Vigil.Simulator.Manifest;

/// <summary>The platform's credentials: API keys, and JSON web tokens that run out and are replaced.</summary>
internal sealed class LoginTokens(SimulatedPlatforms world)
{
    public const string Platform = "manifest";

    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Token> _issued = new();
    private readonly ConcurrentDictionary<string, string> _roots = new();

    /// <summary>Tells whether a request may pass. Where it has both an API key and a token, the key alone decides.</summary>
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

    /// <summary>Returns when a token of ours was handed out, in the order of the rules.</summary>
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
    /// Replaces a token by a new one, for the refresh token that came with it or for itself. It may have run out: what it cannot do any more is
    /// to pass.
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
        // What the token tells goes by the platform's clock, and whether it holds by the true time.
        var (end, told) = (now + Life, world.NowAt(Platform));
        var claims = JsonSerializer.Serialize(new { iat = told.ToUnixTimeSeconds(), exp = (told + Life).ToUnixTimeSeconds(), jti = Guid.NewGuid() });
        var token = $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(claims)}.{Encode("simulated")}";
        _issued[token] = new Token(root, end, world.Faults.NextNumber());
        var refreshToken = Encode(Guid.NewGuid().ToString());
        _roots[refreshToken] = root;
        return SimulatedAnswer.Json(new { access_token = token, refresh_token = refreshToken, token_type = "bearer", expires_in = (int)Life.TotalSeconds });
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private sealed record Token(string Root, DateTimeOffset ExpiresAt, int Number);
}
