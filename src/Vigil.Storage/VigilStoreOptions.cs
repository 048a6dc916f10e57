using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Vigil.Storage;

/// <summary>Configures Vigil's store.</summary>
public sealed class VigilStoreOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Vigil:Store";

    /// <summary>
    /// Gets or sets the connection string of a PostgreSQL database, such as <c>Host=db;Database=vigil;Username=vigil;Password=…</c>. Any number of silos can
    /// share it. If null, the store is a SQLite database in <see cref="DataFolder"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the folder of the SQLite database, which is created if it does not exist. Only one process at a time can use it. Default: <c>data</c>.</summary>
    [Required]
    public string DataFolder { get; set; } = "data";

    /// <summary>Gets or sets the JSON options for grain states. Required in a silo; set by code, not by configuration.</summary>
    public JsonSerializerOptions? StateJson { get; set; }

    /// <summary>Returns the error of a connection string; null if it is valid. The error omits the string, which may contain a password.</summary>
    /// <param name="field">The name of the setting.</param>
    /// <param name="connectionString">The connection string.</param>
    public static string? ErrorOf(string field, string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) is { Host.Length: > 0 } ? null : $"{field} has no Host.";
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return $"{field} is not of the form Host=…;Database=…;Username=…;Password=… (values with a ; or = in quotes).";
        }
    }
}

[OptionsValidator]
internal sealed partial class VigilStoreOptionsValidator : IValidateOptions<VigilStoreOptions>;

internal sealed class PostgresOptionsValidator : IValidateOptions<VigilStoreOptions>
{
    private const string Field = $"{VigilStoreOptions.SectionName}:{nameof(VigilStoreOptions.ConnectionString)}";

    public ValidateOptionsResult Validate(string? name, VigilStoreOptions options) =>
        options.ConnectionString is { } text && VigilStoreOptions.ErrorOf(Field, text) is { } error ? ValidateOptionsResult.Fail(error) : ValidateOptionsResult.Success;
}

/// <summary>Checks the options that only a silo needs.</summary>
internal sealed class VigilSiloStoreOptionsValidator : IValidateOptions<VigilStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, VigilStoreOptions options) => options.StateJson is null
        ? ValidateOptionsResult.Fail($"{nameof(VigilStoreOptions.StateJson)}: a silo stores the states of its grains and needs the options for their JSON.")
        : ValidateOptionsResult.Success;
}
