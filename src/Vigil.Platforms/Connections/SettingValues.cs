using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Vigil.Platforms;

/// <summary>Reads options from the configuration. The framework's binder throws at the first value of a wrong type, and thereby hides all other errors.</summary>
public static class SettingValues
{
    /// <summary>Reads the options from a section. Values of a wrong type are reported by the options' validation, together with its other errors.</summary>
    /// <typeparam name="TOptions">The options.</typeparam>
    /// <param name="options">The builder of the options.</param>
    /// <param name="path">The section's path.</param>
    public static OptionsBuilder<TOptions> BindSettings<TOptions>(this OptionsBuilder<TOptions> options, string path)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, Validator<TOptions>>(
            provider => new(provider.GetRequiredService<IConfiguration>().GetSection(path))));
        return options.Configure<IConfiguration>((target, configuration) => Readable(configuration.GetSection(path), typeof(TOptions)).Bind(target));
    }

    private static IConfiguration Readable(IConfigurationSection section, Type options)
    {
        var unreadable = Unreadable(section, options).Select(found => found.Setting.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var readable = section.AsEnumerable().Where(setting => !unreadable.Contains(setting.Key));
        return new ConfigurationBuilder().AddInMemoryCollection(readable).Build().GetSection(section.Path);
    }

    private static IEnumerable<(IConfigurationSection Setting, PropertyInfo Property)> Unreadable(IConfigurationSection section, Type options) =>
        SettingNames.Of(options).SelectMany(property =>
        {
            var (setting, type) = (section.GetSection(property.Name), property.PropertyType);
            return type.IsClass && type.Namespace?.StartsWith(nameof(Vigil), StringComparison.Ordinal) == true ? Unreadable(setting, type)
                : setting.Value is { } text && !type.IsAssignableTo(typeof(IEnumerable)) && !TypeDescriptor.GetConverter(type).IsValid(text) ? [(setting, property)]
                : Enumerable.Empty<(IConfigurationSection, PropertyInfo)>();
        });

    private static string Allowed(PropertyInfo property)
    {
        var range = property.GetCustomAttribute<RangeAttribute>() is { } allowed ? $" from {allowed.Minimum} to {allowed.Maximum}" : "";
        return property.PropertyType switch
        {
            var type when type == typeof(int) => $"a whole number{range}",
            var type when type == typeof(double) => $"a number{range}",
            var type when type == typeof(TimeSpan) => $"a time{range}, written like 00:00:15",
            var type when type == typeof(bool) => "true or false",
            { IsEnum: true } type => $"one of {string.Join(", ", Enum.GetNames(type))}",
            var type => $"a {type.Name}",
        };
    }

    private sealed class Validator<TOptions>(IConfigurationSection section) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            string[] errors = [.. Unreadable(section, typeof(TOptions)).Select(found => $"{found.Setting.Path} '{found.Setting.Value}' must be {Allowed(found.Property)}.")];
            return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }
    }
}
