using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Terminates transactions whose process was stopped while sending them. Until the process continues, such a transaction locks the rows that it has
/// changed and blocks the readers of events. Terminating it rolls it back, and its writers get an error when the process continues.
/// </summary>
internal sealed class PostgresStalledWriters : IAsyncDisposable
{
    // Writers that wait for their client in an old transaction. All silos use the same account, so any of them may terminate the others' sessions.
    private const string SuspectsSql =
        """
        SELECT pid, xact_start::text FROM pg_stat_activity
        WHERE application_name = $1 AND datname = current_database() AND wait_event = 'ClientRead'
            AND xact_start < clock_timestamp() - $2 * interval '1 second'
        """;

    // Those that were suspects in the previous check already. A healthy writer is rarely caught between two parts of its message, and not twice.
    private const string TerminateSql =
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
                await _readers.ReadAsync(TerminateAsync, _stop.Token);
            }
            catch (StoreException)
            {
                // Callers of the store get its errors; the next tick checks again.
            }
        }
    }

    private async Task<int> TerminateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var terminated = await connection.AllAsync(
            TerminateSql,
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
        return terminated.Length;
    }
}
