using System.Text.Json.Nodes;

namespace Vigil.Simulator.Agentic;

/// <summary>The platform's API tokens: those it has issued, until they expire, and the other accepted credentials.</summary>
internal sealed class ApiTokens(SimulatedPlatforms world, string platform)
{
    private static readonly string[] Entitlements = ["execute", "read_data", "audit", "write_data", "admin"];

    private readonly ConcurrentDictionary<string, DateTimeOffset> _minted = new();

    public bool Accepts(string? bearer) => bearer is not null && _minted.TryGetValue(bearer, out var end)
        ? world.Time.GetUtcNow() < end
        : world.Accepts(platform, bearer);

    public void Clear() => _minted.Clear();

    public JsonObject Mint(JsonNode? input)
    {
        if (input is not JsonObject given || TextOf(given["name"]) is not { Length: > 0 } name || TextOf(given["tenant_id"]) is not { Length: > 0 } tenant)
        {
            throw new GraphQlRequestException("A token must have name, tenant_id, expires_at and entitlements.");
        }

        if (!DateTimeOffset.TryParse(TextOf(given["expires_at"]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
        {
            throw new GraphQlFieldException("BAD_USER_INPUT", "expires_at must be a time such as 2030-01-01T00:00:00Z.");
        }

        var entitlements = given["entitlements"] is JsonArray array ? array.Select(TextOf).ToArray() : [];
        if (entitlements.Length == 0 || !entitlements.All(Entitlements.Contains))
        {
            throw new GraphQlFieldException("BAD_USER_INPUT", $"entitlements must be one or more of {string.Join(", ", Entitlements)}.");
        }

        var token = $"api_{Guid.NewGuid():N}";
        _minted[token] = end;
        return new JsonObject
        {
            ["token"] = token,
            ["api_token"] = new JsonObject
            {
                ["id"] = Guid.NewGuid().ToString(),
                ["name"] = name,
                ["user_id"] = Dice.Guid(Dice.SeedOf(tenant), 1).ToString(),
                ["tenant_id"] = tenant,
                ["entitlements"] = new JsonArray([.. entitlements.Select(entitlement => JsonValue.Create(entitlement))]),
                ["created_at"] = world.NowAt(platform).ToString("O"),
                ["expires_at"] = end.ToString("O"),
                ["is_active"] = true,
            },
        };
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
