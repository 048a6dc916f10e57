using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Vigil.Platforms;

/// <summary>Validates every connection and reports all errors at once.</summary>
internal sealed partial class ConnectionsValidator(IEnumerable<IPlatform> platforms) : IValidateOptions<ConfiguredConnections>
{
    private readonly ILookup<string, IPlatform> _platforms = platforms.ToLookup(platform => platform.Name, StringComparer.Ordinal);

    public ValidateOptionsResult Validate(string? name, ConfiguredConnections options)
    {
        List<string> errors =
        [
            .. options.Errors,
            .. _platforms.Where(named => named.Count() > 1).Select(named => $"Platforms must have different names; '{named.Key}' is the name of {string.Join(" and ", named)}."),
        ];
        foreach (var connection in options.Connections)
        {
            var found = new List<string>();
            Check(connection, found);
            var location = options.LocationOf(connection);
            errors.AddRange(found.Select(error => $"{location} ({(connection.Name.Length == 0 ? "no name" : connection.Name)}): {error}"));
        }

        var repeated = options.Connections.Where(connection => connection.Name.Length > 0)
            .GroupBy(connection => connection.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1);
        errors.AddRange(repeated.Select(group =>
            $"{string.Join(", ", group.Select(options.LocationOf))}: {group.Count()} connections are named '{group.Key}'; names must differ."));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private void Check(ConnectionOptions connection, List<string> errors)
    {
        errors.AddIf(!Name().IsMatch(connection.Name), "Name must have 1 to 64 characters of a-z 0-9 _ -.");
        errors.AddIf(connection.BaseAddress is { } address && !IsUsable(address),
            "BaseAddress must be an absolute http or https address without user, query or fragment.");
        errors.AddIf(connection.MaxRunning is < 1, "MaxRunning must be at least 1.");
        errors.AddIf(connection.StartsPerMinute is <= 0 or double.NaN, "StartsPerMinute must be above 0.");
        errors.AddIf(connection.PollsPerMinute is <= 0 or double.NaN, "PollsPerMinute must be above 0.");
        errors.AddIf(connection.Cadence is { } cadence && (cadence < TimeSpan.FromMilliseconds(100) || cadence > TimeSpan.FromHours(1)),
            "Cadence must be from 00:00:00.1 to 01:00:00.");
        errors.AddIf(connection.RequestTimeout < TimeSpan.FromMilliseconds(100) || connection.RequestTimeout > TimeSpan.FromMinutes(10),
            "RequestTimeout must be from 00:00:00.1 to 00:10:00.");
        Credential.Check(connection, errors);

        if (_platforms[connection.Platform].FirstOrDefault() is { } platform)
        {
            platform.Validate(connection, errors);
            connection.Adopt?.Check(platform, errors);
        }
        else
        {
            errors.Add($"Platform '{connection.Platform}' is unknown; allowed: {string.Join(", ", _platforms.Select(named => named.Key).Order(StringComparer.Ordinal))}.");
        }
    }

    private static bool IsUsable(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;

    [GeneratedRegex(@"\A[a-z0-9_-]{1,64}\z")]
    private static partial Regex Name();
}
