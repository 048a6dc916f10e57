using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Ends transactions whose process was stopped in the middle of sending them. Such a transaction holds the rows that it has changed and the readers of
/// events, for as long as the process is stopped; ended, it has changed nothing, and its writers are told so when the process goes on.
/// </summary>
internal sealed class PostgresStalledWriters : IAsyncDisposable
{
    // It waits for its client, in the middle of a transaction that is not young; all silos use the same account, so each may end it.
    private const string SuspectsSql =
        """
        SELECT pid, xact_start::text FROM pg_stat_activity
        WHERE application_name = $1 AND datname = current_database() AND wait_event = 'ClientRead'
            AND xact_start < clock_timestamp() - $2 * interval '1 second'
        """;

    // The same transaction waits in the same way as at the look before. One that works is seldom caught between two parts of its message, and not twice.
    private const string EndSql =
        """
        SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN unnest($1::bigint[], $2::text[]) AS s (pid, began)
            ON a.pid = s.pid AND a.xact_start = s.began::timestamptz
        WHERE a.application_name = $3 AND a.datname = current_database() AND a.wait_event = 'ClientRead'
        """;

    private readonly PostgresReaders _readers;
    private readonly PostgresSettings _settings;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private ImmutableArray<(long Pid, string Began)> _suspects = [];

    public PostgresStalledWriters(PostgresReaders readers, PostgresSettings settings)
    {
        (_readers, _settings) = (readers, settings);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_settings.StalledInterval, _settings.Time);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            try
            {
                await _readers.ReadAsync(EndAsync, _stop.Token);
            }
            catch (StoreException)
            {
                // Callers of the store get its errors; stalled transactions are looked for again.
            }
        }
    }

    private async Task<int> EndAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ended = await connection.AllAsync(
            EndSql,
            row => row.GetBoolean(0),
            cancellationToken,
            PostgresValues.Numbers(_suspects.Select(suspect => suspect.Pid)),
            PostgresValues.Texts(_suspects.Select(suspect => suspect.Began)),
            PostgresValues.Text(PostgresSettings.WriterName));
        _suspects = await connection.AllAsync(
            SuspectsSql,
            row => ((long)row.GetInt32(0), row.GetString(1)),
            cancellationToken,
            PostgresValues.Text(PostgresSettings.WriterName),
            PostgresValues.Number((long)_settings.StalledAfter.TotalSeconds));
        return ended.Length;
    }
}
