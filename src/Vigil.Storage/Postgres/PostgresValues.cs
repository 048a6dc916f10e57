using Npgsql;
using NpgsqlTypes;

namespace Vigil.Storage.Postgres;

/// <summary>Converts values into positional parameters.</summary>
internal static class PostgresValues
{
    public static NpgsqlParameter Text(string? value) => new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Number(long value) => new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter Texts(IEnumerable<string?> values) => Array(values, NpgsqlDbType.Text);

    /// <summary>
    /// Converts error messages, which may come from outside. Characters that the database cannot store (NUL and lone surrogates) are replaced, so that
    /// they do not make the write fail.
    /// </summary>
    public static NpgsqlParameter Messages(IEnumerable<string?> values) => Texts(values.Select(value =>
        value is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)).Replace('\0', '\uFFFD')));

    public static NpgsqlParameter Numbers(IEnumerable<long> values) => Array(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Numbers(IEnumerable<long?> values) => Array(values, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Integers(IEnumerable<int> values) => Array(values, NpgsqlDbType.Integer);

    public static NpgsqlParameter Flags(IEnumerable<bool> values) => Array(values, NpgsqlDbType.Boolean);

    public static NpgsqlParameter Blobs(IEnumerable<ReadOnlyMemory<byte>> values) => Array(values.Select(StoreValues.Blob), NpgsqlDbType.Bytea);

    private static NpgsqlParameter<T[]> Array<T>(IEnumerable<T> values, NpgsqlDbType element) =>
        new() { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | element };
}
