using Microsoft.Extensions.Configuration;

namespace Vigil.Platforms;

/// <summary>
/// Reads one connection from configuration and reports all errors at once; the framework's binder stops at the first invalid value and ignores
/// unknown keys.
/// </summary>
internal static class ConnectionReader
{
    // Replaces a configured address that is invalid, so that it is not also reported as missing. It is never used, because the error prevents the start.
    private static readonly Uri UnreadableAddress = new("https://unreadable.invalid/");

    public static ConnectionOptions Read(IConfigurationSection section, ICollection<string> errors)
    {
        foreach (var error in SettingNames.Errors(section, typeof(ConnectionOptions)))
        {
            errors.Add(error);
        }

        var defaults = new ConnectionOptions();
        return new ConnectionOptions
        {
            Name = section[nameof(ConnectionOptions.Name)] ?? "",
            Platform = section[nameof(ConnectionOptions.Platform)] ?? "",
            BaseAddress = ReadAddress(),
            Credential = section[nameof(ConnectionOptions.Credential)],
            CredentialFile = section[nameof(ConnectionOptions.CredentialFile)],
            MaxRunning = ReadValue(nameof(ConnectionOptions.MaxRunning), WholeNumber, "a whole number"),
            StartsPerMinute = ReadValue(nameof(ConnectionOptions.StartsPerMinute), Number, "a number"),
            PollsPerMinute = ReadValue(nameof(ConnectionOptions.PollsPerMinute), Number, "a number"),
            Cadence = ReadValue(nameof(ConnectionOptions.Cadence), Span, "a time such as 00:00:02"),
            RequestTimeout = ReadValue(nameof(ConnectionOptions.RequestTimeout), Span, "a time such as 00:00:30") ?? defaults.RequestTimeout,
            AmbiguousStart = ReadValue(nameof(ConnectionOptions.AmbiguousStart), Policy, "fail or resubmit") ?? defaults.AmbiguousStart,
            Adopt = ReadAdopt(),
            Settings = section.GetSection(nameof(ConnectionOptions.Settings)).GetChildren()
                .ToDictionary(child => child.Key, child => child.Value ?? "", StringComparer.OrdinalIgnoreCase),
        };

        AdoptRule? ReadAdopt()
        {
            var rule = section.GetSection(nameof(ConnectionOptions.Adopt));
            return !rule.Exists() ? null : new()
            {
                Targets = [.. rule.GetSection(nameof(AdoptRule.Targets)).GetChildren().Select(child => child.Value ?? "")],
                MaxWatched = ReadValue($"{rule.Key}:{nameof(AdoptRule.MaxWatched)}", WholeNumber, "a whole number") ?? 0,
                Interval = ReadValue($"{rule.Key}:{nameof(AdoptRule.Interval)}", Span, "a time such as 00:00:02"),
            };
        }

        Uri? ReadAddress()
        {
            var text = section[nameof(ConnectionOptions.BaseAddress)];
            var address = text is null ? null : Address(text) ?? UnreadableAddress;
            errors.AddIf(
                ReferenceEquals(address, UnreadableAddress),
                $"{section.Path}:{nameof(ConnectionOptions.BaseAddress)}: must be an absolute address such as https://host/.");
            return address;
        }

        T? ReadValue<T>(string key, Func<string, T?> parse, string allowed)
            where T : struct
        {
            var text = section[key];
            var value = text is null ? null : parse(text);
            errors.AddIf(text is not null && value is null, $"{section.Path}:{key}: must be {allowed}.");
            return value;
        }
    }

    private static Uri? Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var value) ? value : null;

    private static int? WholeNumber(string text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    // A number without a colon would be parsed as days, which is never intended here.
    private static TimeSpan? Span(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static AmbiguousStart? Policy(string text) => text.ToUpperInvariant() switch
    {
        "FAIL" => AmbiguousStart.Fail,
        "RESUBMIT" => AmbiguousStart.Resubmit,
        _ => null,
    };
}
