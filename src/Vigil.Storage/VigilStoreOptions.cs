using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Vigil.Storage;

/// <summary>Where and how Vigil stores.</summary>
public sealed class VigilStoreOptions
{
    /// <summary>The configuration section that they are read from.</summary>
    public const string SectionName = "Vigil:Store";

    /// <summary>
    /// Gets or sets how a PostgreSQL database is reached, such as <c>Host=db;Database=vigil;Username=vigil;Password=…</c>. Any number of silos can share
    /// it. Where it is not set, the store is a SQLite database in <see cref="DataFolder"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the folder of the SQLite database; made where it does not exist. One process at a time can use it. Default: <c>data</c>.</summary>
    [Required]
    public string DataFolder { get; set; } = "data";

    /// <summary>Gets or sets how the states of grains become JSON. A silo needs it; it is code's to set, not configuration's.</summary>
    public JsonSerializerOptions? StateJson { get; set; }

    /// <summary>Returns what is wrong with a connection string; null where it is right. The string is not repeated: it may hold a password.</summary>
    /// <param name="field">The setting that holds it.</param>
    /// <param name="connectionString">The connection string.</param>
    public static string? ErrorOf(string field, string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) is { Host.Length: > 0 } ? null : $"{field} names no Host.";
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return $"{field} is not of the form Host=…;Database=…;Username=…;Password=… (values with a ; or = in quotes).";
        }
    }
}

[OptionsValidator]
internal sealed partial class VigilStoreOptionsValidator : IValidateOptions<VigilStoreOptions>;

/// <summary>Checks how a database is reached.</summary>
internal sealed class PostgresOptionsValidator : IValidateOptions<VigilStoreOptions>
{
    private const string Field = $"{VigilStoreOptions.SectionName}:{nameof(VigilStoreOptions.ConnectionString)}";

    public ValidateOptionsResult Validate(string? name, VigilStoreOptions options) => options.ConnectionString switch
    {
        null => ValidateOptionsResult.Skip,
        var text => VigilStoreOptions.ErrorOf(Field, text) is { } error ? ValidateOptionsResult.Fail(error) : ValidateOptionsResult.Success,
    };
}

/// <summary>What a silo needs beyond what everybody needs.</summary>
internal sealed class VigilSiloStoreOptionsValidator : IValidateOptions<VigilStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, VigilStoreOptions options) => options.StateJson is null
        ? ValidateOptionsResult.Fail($"{nameof(VigilStoreOptions.StateJson)}: a silo stores the states of its grains and must be told how they become JSON.")
        : ValidateOptionsResult.Success;
}
