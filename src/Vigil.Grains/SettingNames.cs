using Microsoft.Extensions.Configuration;

namespace Vigil.Grains;

/// <summary>Rejects unknown names in a configuration section; a misspelled setting would otherwise be ignored silently.</summary>
internal sealed class SettingNames<TOptions>(IConfigurationSection section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        string[] known = [.. typeof(TOptions).GetProperties().Select(property => property.Name)];
        string[] unknown = [.. section.GetChildren().Select(setting => setting.Key).Except(known, StringComparer.OrdinalIgnoreCase)];
        return unknown.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(unknown.Select(key => $"{section.Path}:{key} is not a setting; the settings are {string.Join(", ", known)}."));
    }
}
