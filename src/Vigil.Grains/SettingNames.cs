using Microsoft.Extensions.Configuration;

namespace Vigil.Grains;

/// <summary>Refuses names in a configuration section that its options do not have: a misspelled setting would be ignored silently.</summary>
internal sealed class SettingNames<TOptions>(IConfigurationSection section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        string[] known = [.. typeof(TOptions).GetProperties().Select(property => property.Name)];
        string[] unknown = [.. section.GetChildren().Select(setting => setting.Key).Except(known, StringComparer.OrdinalIgnoreCase)];
        return unknown.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(unknown.Select(key => $"{section.Path}:{key} is not a setting; there are {string.Join(", ", known)}."));
    }
}
