namespace Vigil.Platforms;

/// <summary>Checks of a connection's settings that several platforms use.</summary>
internal static class ConnectionSettings
{
    /// <summary>Adds an error for each setting that the platform does not have.</summary>
    public static void CheckKnown(ConnectionOptions connection, ICollection<string> errors, params string[] known)
    {
        foreach (var key in connection.Settings.Keys.Where(key => !known.Contains(key, StringComparer.Ordinal)))
        {
            errors.Add($"setting {key} is unknown; {(known.Length == 0 ? "this platform has none" : $"allowed: {string.Join(", ", known)}")}.");
        }
    }

    /// <summary>Adds an error if a setting is given and is not one of the words.</summary>
    public static void CheckOneOf(ConnectionOptions connection, ICollection<string> errors, string key, params string[] words)
    {
        if (connection.Settings.TryGetValue(key, out var value) && !words.Contains(value, StringComparer.Ordinal))
        {
            errors.Add($"setting {key} must be one of {string.Join(", ", words)}.");
        }
    }
}
