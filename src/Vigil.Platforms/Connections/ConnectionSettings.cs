namespace Vigil.Platforms;

/// <summary>Helps to validate and read a connection's settings that only its platform has.</summary>
public static class ConnectionSettings
{
    /// <summary>Adds an error for each setting that the platform does not have.</summary>
    public static void CheckKnown(ConnectionOptions connection, ICollection<string> errors, params string[] known)
    {
        foreach (var key in connection.Settings.Keys.Where(key => !known.Contains(key, StringComparer.Ordinal)))
        {
            errors.Add($"Settings:{key} {SettingNames.Unknown(key, known)}");
        }
    }

    /// <summary>Adds an error if a setting has a value other than these.</summary>
    public static void CheckOneOf(ConnectionOptions connection, ICollection<string> errors, string key, params string[] words)
    {
        errors.AddIf(
            connection.Settings.TryGetValue(key, out var value) && !words.Contains(value, StringComparer.Ordinal),
            $"setting {key} must be one of {string.Join(", ", words)}.");
    }

    /// <summary>Returns a setting; null if it is missing or empty.</summary>
    public static string? Setting(this ConnectionOptions connection, string key) =>
        connection.Settings.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

    internal static void AddIf(this ICollection<string> errors, bool wrong, string error)
    {
        if (wrong)
        {
            errors.Add(error);
        }
    }
}
