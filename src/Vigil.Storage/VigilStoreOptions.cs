using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Vigil.Storage;

/// <summary>Where and how Vigil stores.</summary>
public sealed class VigilStoreOptions
{
    /// <summary>The configuration section that they are read from.</summary>
    public const string SectionName = "Vigil:Store";

    /// <summary>Gets or sets the folder of the SQLite database; made where it does not exist. One process at a time can use it. Default: <c>data</c>.</summary>
    [Required]
    public string DataFolder { get; set; } = "data";

    /// <summary>Gets or sets how the states of grains become JSON. A silo needs it; it is code's to set, not configuration's.</summary>
    public JsonSerializerOptions? StateJson { get; set; }
}

[OptionsValidator]
internal sealed partial class VigilStoreOptionsValidator : IValidateOptions<VigilStoreOptions>;

/// <summary>What a silo needs beyond what everybody needs.</summary>
internal sealed class VigilSiloStoreOptionsValidator : IValidateOptions<VigilStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, VigilStoreOptions options) => options.StateJson is null
        ? ValidateOptionsResult.Fail($"{nameof(VigilStoreOptions.StateJson)}: a silo stores the states of its grains and must be told how they become JSON.")
        : ValidateOptionsResult.Success;
}
