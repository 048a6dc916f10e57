using System.Buffers.Text;

namespace Vigil.Platforms.Manifest;

/// <summary>Reads when a token expires; its signature is not checked.</summary>
internal static class JsonWebToken
{
    /// <summary>Reads a token. If it is known when it was issued by our clock, its lifetime is counted from then, regardless of the platform's clock.</summary>
    public static AccessToken Read(string token, DateTimeOffset? issuedAt = null)
    {
        var claims = ClaimsOf(token);
        var (issued, end) = (Time(claims, "iat"), Time(claims, "exp"));
        var lifetime = end > issued ? end - issued : null;
        return new AccessToken(token, issuedAt + lifetime ?? end, lifetime);
    }

    private static JsonView ClaimsOf(string token)
    {
        try
        {
            if (token.Split('.') is not [_, var payload, _])
            {
                return default;
            }

            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return new(claims.RootElement.Clone());
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // A token that is not a JWT can still be used, but when it expires is unknown.
            return default;
        }
    }

    private static DateTimeOffset? Time(JsonView claims, string name) =>
        claims[name].Number() is { } seconds and >= 0 and < 1e11 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
}
