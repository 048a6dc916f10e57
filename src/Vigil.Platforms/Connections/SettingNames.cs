using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Vigil.Platforms;

/// <summary>Finds names in the configuration that no option reads; a misspelled setting would otherwise be ignored silently.</summary>
public static class SettingNames
{
    /// <summary>Returns an error for each unknown name in a section and in the sections below it.</summary>
    /// <param name="section">The section.</param>
    /// <param name="options">The type of the options that are read from it.</param>
    public static IEnumerable<string> Errors(IConfigurationSection section, Type options)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(options);
        if (IsOpen(options))
        {
            return [];
        }

        var known = options.Namespace?.StartsWith(nameof(Vigil), StringComparison.Ordinal) == true && !options.IsEnum
            ? Of(options).ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase)
            : [];
        return section.GetChildren().SelectMany(child => known.TryGetValue(child.Key, out var type)
            ? Errors(child, Nullable.GetUnderlyingType(type) ?? type)
            : [$"{child.Path} {Unknown(child.Key, known.Keys)}"]);
    }

    /// <summary>Returns the properties that the configuration can set.</summary>
    /// <param name="options">The type of the options.</param>
    public static IEnumerable<PropertyInfo> Of(Type options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.GetProperties().Where(property => IsSetting(property.PropertyType));
    }

    /// <summary>Returns what is wrong with a name that is not one of the known ones.</summary>
    public static string Unknown(string name, IReadOnlyCollection<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(known);
        return Unknown("a setting", "settings", name, known);
    }

    /// <summary>Returns what is wrong with an option of a start that is not one of the known ones.</summary>
    internal static string UnknownOption(string name, IReadOnlyCollection<string> known) => Unknown("an option", "options", name, known);

    private static string Unknown(string what, string all, string name, IReadOnlyCollection<string> known) => known.Count == 0
        ? $"is not {what}; there are none here."
        : $"is not {what}{(NearestTo(name, known) is { } near ? $"; did you mean {near}?" : ".")} The {all} are {string.Join(", ", known)}.";

    // If more than half of the letters differ, it is a different name and not a misspelling.
    private static string? NearestTo(string name, IEnumerable<string> known) =>
        known.Where(other => Distance(name, other) <= Math.Max(name.Length, other.Length) / 2).MinBy(other => Distance(name, other));

    // Any names may stand below lists and dictionaries.
    private static bool IsOpen(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));

    // What only code can set, such as a delegate, is none.
    private static bool IsSetting(Type type) =>
        type.IsValueType || type == typeof(string) || type == typeof(Uri) || IsOpen(type) || type.Namespace?.StartsWith(nameof(Vigil), StringComparison.Ordinal) == true;

    // Levenshtein's: how many letters must be changed, added or removed.
    private static int Distance(string left, string right)
    {
        int[] above = [.. Enumerable.Range(0, right.Length + 1)];
        foreach (var letter in left)
        {
            var row = new int[above.Length];
            row[0] = above[0] + 1;
            for (var i = 1; i < row.Length; i++)
            {
                var replaced = above[i - 1] + (char.ToUpperInvariant(letter) == char.ToUpperInvariant(right[i - 1]) ? 0 : 1);
                row[i] = Math.Min(replaced, Math.Min(above[i], row[i - 1]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}
