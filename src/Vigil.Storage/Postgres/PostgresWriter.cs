using System.Data;
using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// This process's only connection for writes. All writes of a transaction are sent to the server as one message, so it never reaches
/// <see cref="WritePoint.BetweenWrites"/> and <see cref="WritePoint.BeforeCommit"/>.
/// </summary>
internal sealed class PostgresWriter(PostgresSettings settings, PostgresEventTail tail) : IWriteExecutor
{
    // Custom plans suit parameter arrays of varying length. The lock time-out bounds waits for other sessions, and the keepalives end a transaction that
    // was received only in part because this machine was lost.
    private const string SessionSql =
        """
        SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = force_custom_plan; SET jit = off;
        SET lock_timeout = '10s'; SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
        """;

    private readonly string _store = Guid.NewGuid().ToString("N");
    private NpgsqlConnection? _connection;
    private bool _appendedEvents;

    public void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached)
    {
        _appendedEvents = false;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var transaction = new PostgresTransaction(Connection(), _store, writes, settings.Claim?.Token);
                transaction.Execute();
                _appendedEvents = transaction.AppendsEvents;
                return;
            }
            catch (NpgsqlException error) when (PostgresErrors.IsConcurrencyFailure(error) && attempt < settings.Attempts)
            {
                // Nothing was changed, so it is safe to retry.
            }
            catch (NpgsqlException error)
            {
                if (PostgresConflicts.OfRace(error, writes) is { } refused)
                {
                    PostgresConflicts.Explain(Connection(), [refused]);
                    return;
                }

                throw PostgresErrors.OfTransaction(error, settings.Name);
            }
        }
    }

    public void Committed()
    {
        if (_appendedEvents)
        {
            tail.CheckSoon();
        }
    }

    public void Dispose() => _connection?.Dispose();

    private NpgsqlConnection Connection()
    {
        if (_connection?.FullState == ConnectionState.Open)
        {
            return _connection;
        }

        _connection?.Dispose();
        _connection = null;
        var connection = settings.CreateWriter();
        try
        {
            connection.Open();
            using var set = new NpgsqlCommand(SessionSql, connection);
            set.ExecuteNonQuery();
            return _connection = connection;
        }
        catch (NpgsqlException error)
        {
            connection.Dispose();
            throw PostgresErrors.Of(error, settings.Name);
        }
    }
}
