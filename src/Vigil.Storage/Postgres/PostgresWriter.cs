using System.Data;
using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// The one connection of this process that writes. All writes of a transaction go to the server as one message and are decided there, so of the
/// moments in a transaction's life two are never reached here: <see cref="WritePoint.BetweenWrites"/> and <see cref="WritePoint.BeforeCommit"/>.
/// </summary>
internal sealed class PostgresWriter(PostgresSettings settings, PostgresEventTail tail) : IWriteExecutor
{
    // Plans are made for the arrays at hand, whose lengths vary. Another session's lock is not waited for without end, and a transaction that the
    // server has got half of because this machine is gone ends soon.
    private const string SessionSql =
        """
        SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = force_custom_plan; SET jit = off;
        SET lock_timeout = '10s'; SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
        """;

    private readonly string _store = Guid.NewGuid().ToString("N");
    private NpgsqlConnection? _connection;
    private bool _told;

    public void Execute(IReadOnlyList<QueuedWrite> writes, Action<WritePoint> reached)
    {
        _told = false;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var transaction = new PostgresTransaction(Connection(), _store, writes);
                transaction.Execute();
                _told = transaction.Tells;
                return;
            }
            catch (NpgsqlException error) when (PostgresErrors.IsRolledBackForAnother(error) && attempt < settings.Attempts)
            {
                // Nothing was changed, and the other transaction has what it needs.
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
        if (_told)
        {
            tail.LookSoon();
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
