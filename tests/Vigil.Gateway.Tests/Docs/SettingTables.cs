using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Vigil.Hosting;
using Vigil.Platforms;

namespace Vigil.Gateway.Tests.Docs;

/// <summary>All settings in section <c>Vigil</c> as tables in Markdown, from the classes that are read from it.</summary>
internal static class SettingTables
{
    public static string Of(IEnumerable<SettingsSection> sections) => string.Join('\n', sections.Select(section =>
    {
        var isList = section.Options.IsAssignableTo(typeof(IEnumerable));
        var options = isList ? section.Options.GetGenericArguments().Single() : section.Options;
        return $"""
            ### {section.Path}

            {DocComments.Of(options)}

            | {(isList ? $"setting, below `{section.Path}:0`, `:1`, …" : "setting")} | value | default | meaning |
            |---|---|---|---|
            {string.Join('\n', Rows(options, prefix: "", Activator.CreateInstance(options)))}

            """;
    }));

    private static IEnumerable<string> Rows(Type options, string prefix, object? defaults) => SettingNames.Of(options).SelectMany(property =>
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type is { IsClass: true, Namespace: not null } && type.Namespace.StartsWith(nameof(Vigil), StringComparison.Ordinal)
            ? Rows(type, $"{prefix}{property.Name}:", Activator.CreateInstance(type))
            : [$"| `{prefix}{NameOf(property, type)}` | {ValueOf(property, type)} | {DefaultOf(property, property.GetValue(defaults))} | {DocComments.Of(property)} |"];
    });

    private static string NameOf(PropertyInfo property, Type type) =>
        type.IsAssignableTo(typeof(IDictionary)) ? $"{property.Name}:NAME" : IsList(type) ? $"{property.Name}:0`, `:1" : property.Name;

    private static string ValueOf(PropertyInfo property, Type type)
    {
        var range = property.GetCustomAttribute<RangeAttribute>() is { } allowed ? $", {allowed.Minimum} to {allowed.Maximum}" : "";
        return type switch
        {
            { IsEnum: true } => string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`")),
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) => $"whole number{range}",
            _ when type == typeof(double) => $"number{range}",
            _ when type == typeof(TimeSpan) => $"time{range}",
            _ when type == typeof(Uri) => "address",
            _ when type == typeof(string) || IsList(type) || type.IsAssignableTo(typeof(IDictionary)) => "text",
            _ => throw new NotSupportedException($"{type} has no name here."),
        };
    }

    // Where the value says nothing, the comment may.
    private static string DefaultOf(PropertyInfo property, object? value) => DocComments.DefaultOf(property) switch
    {
        "Required" => "required",
        var text when value is null or "" => text,
        _ => value is IEnumerable and not string ? "" : $"`{(value is bool ? value.ToString()!.ToLowerInvariant() : value)}`",
    };

    private static bool IsList(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) && !type.IsAssignableTo(typeof(IDictionary));
}
