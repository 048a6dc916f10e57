using System.Buffers.Text;

namespace Vigil.Platforms.Manifest;

/// <summary>Reads when a token expires. Whether it is genuine is for the platform to check.</summary>
internal static class JsonWebToken
{
    /// <summary>Reads a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="madeAt">When it was issued by our clock, if known: its lifetime is counted from then, so that a wrong clock on the platform does not matter.</param>
    public static AccessToken Read(string token, DateTimeOffset? madeAt = null)
    {
        var claims = ClaimsOf(token);
        var (issued, end) = (Time(claims, "iat"), Time(claims, "exp"));
        var life = end > issued ? end - issued : null;
        return new AccessToken(token, madeAt + life ?? end, life);
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
            // A token that is not a JWT can still be used; only its expiry is unknown.
            return default;
        }
    }

    private static DateTimeOffset? Time(JsonView claims, string name) =>
        claims[name].Number() is { } seconds and >= 0 and < 1e11 ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
}
