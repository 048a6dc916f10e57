using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;
using Vigil.Storage.Postgres;

namespace Vigil.Storage.Clustering;

/// <summary>
/// Keeps silos that do not know of each other from watching the same executions: one that is alone claims the store's database for itself, the
/// members of a cluster claim it together. It guards against a mistake in the configuration, so it is made sure of at the start alone.
/// </summary>
/// <param name="connectionString">How the store's database is reached.</param>
/// <param name="cluster">Tells, at the start, what all members of this silo's cluster and no others are called; null for a silo that is alone.</param>
public sealed class DatabaseClaim(string connectionString, Func<string?> cluster) : BeforeStartService, IAsyncDisposable
{
    // The keys begin with "Y", apart from others of Vigil; what follows is the cluster's. Two of them are not.
    private const long Keys = 89L << 56;
    private const long DecisionKey = Keys;
    private const long AloneKey = Keys | 1;

    // The server notices within 11 s that the machine of the silo before, whose place this one takes, is gone.
    private const string SessionSql = "SET lock_timeout = '10s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;";

    // Who looks at the claims of others and makes its own is alone in doing so, until the message is carried out.
    private const string DecideSql = "SELECT pg_advisory_xact_lock($1)";

    // Of a bigint key, classid is the upper half and objid the lower.
    private const string OthersSql =
        """
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid::bigint >> 24 = $1 >> 56 AND ((classid::bigint << 32) | objid::bigint) NOT IN ($1, $2)
        """;
    private const string ClaimAloneSql = $"SELECT CASE WHEN EXISTS ({OthersSql}) THEN false ELSE pg_try_advisory_lock($2) END";
    private const string ClaimTogetherSql = $"SELECT CASE WHEN EXISTS ({OthersSql}) THEN false ELSE pg_try_advisory_lock_shared($2) END";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly PostgresSettings _settings = new() { ConnectionString = connectionString };
    private NpgsqlConnection? _connection;

    /// <summary>Gets how long others may hold the database before that is an error; longer than the server needs to notice that they are gone.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        _connection = new(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = "vigil claim" }.ToString());
        try
        {
            await _connection.OpenAsync(cancellationToken);
            await _connection.ExecuteAsync(SessionSql, cancellationToken);
            await ClaimAsync(_connection, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Of(error, _settings.Name);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private static long KeyOf(string cluster) =>
        Keys | (BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(cluster))) & ((1L << 56) - 1));

    private static async Task<bool> TryAsync(NpgsqlConnection connection, string claim, long key, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(DecideSql) { Parameters = { PostgresValues.Number(DecisionKey) } },
                new(claim) { Parameters = { PostgresValues.Number(DecisionKey), PostgresValues.Number(key) } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0);
    }

    private async Task ClaimAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (claim, key) = cluster() is { } name ? (ClaimTogetherSql, KeyOf(name)) : (ClaimAloneSql, AloneKey);
        for (var start = TimeProvider.System.GetTimestamp(); !await TryAsync(connection, claim, key, cancellationToken);)
        {
            if (TimeProvider.System.GetElapsedTime(start) >= Timeout)
            {
                throw new StoreException(
                    $"{_settings.Name} is in use by a silo that is in no cluster with this one. Set Vigil:Clustering for all of them, with the same ClusterId and "
                    + "the same database in its ConnectionString, or give each its own database in Vigil:Store:ConnectionString.");
            }

            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }
}
