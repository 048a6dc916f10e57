using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;
using Vigil.Storage.Postgres;

namespace Vigil.Storage.Clustering;

/// <summary>
/// Prevents silos of different clusters from watching the same executions: a silo without a cluster claims the store's database exclusively, the
/// members of a cluster share a claim. It guards against misconfiguration, so it is checked only at startup.
/// </summary>
/// <param name="connectionString">The connection string of the store's database.</param>
/// <param name="cluster">Returns, at startup, the unique name of this silo's cluster; null for a silo without a cluster.</param>
public sealed class DatabaseClaim(string connectionString, Func<string?> cluster) : BeforeStartService, IAsyncDisposable
{
    // Lock keys begin with "Y", unlike Vigil's other locks, followed by a hash of the cluster's name; two values are reserved.
    private const long Keys = 89L << 56;
    private const long DecisionKey = Keys;
    private const long AloneKey = Keys | 1;

    // With these keepalives the server drops the connection of a lost machine, and with it the previous silo's claim, within 11 s.
    private const string SessionSql = "SET lock_timeout = '10s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;";

    // Serializes checking others' claims and making one's own, until the batch ends.
    private const string DecideSql = "SELECT pg_advisory_xact_lock($1)";

    // pg_locks splits a bigint key into classid (upper half) and objid (lower half).
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

    /// <summary>Gets how long to wait for a conflicting claim to be released; longer than the server needs to detect a lost machine.</summary>
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
                    $"{_settings.Name} is in use by a silo of another cluster, or without one. Set Vigil:Clustering for all silos, with the same ClusterId and "
                    + "the same database in its ConnectionString, or give each its own database in Vigil:Store:ConnectionString.");
            }

            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }
}
