using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;
using Vigil.Storage.Postgres;

namespace Vigil.Storage.Clustering;

/// <summary>
/// Prevents silos of different clusters from watching the same executions: a silo without a cluster claims the store's database exclusively, the members of
/// a cluster share a claim. The claim is a row with a lease, which each of them renews. A silo that cannot renew it stops starting and polling before the
/// lease ends, and every transaction checks the row's token, so that the writes of a previous holder are refused.
/// </summary>
/// <param name="connectionString">The connection string of the store's database.</param>
/// <param name="cluster">Returns, at startup, the unique name of this silo's cluster; null for a silo without a cluster.</param>
/// <param name="logger">Reports a lost claim.</param>
public sealed partial class DatabaseClaim(string connectionString, Func<string?> cluster, ILogger logger) : IAsyncDisposable
{
    // The key begins with "Y", unlike Vigil's other locks.
    private const string SchemaLock = "SELECT pg_advisory_xact_lock(89::bigint << 56);";

    // For one lease after a restart of the server nobody else can take the claim: its holder could not renew it in the meantime.
    private const string ClaimSql =
        """
        INSERT INTO vigil_claim.claim AS c (holder, token, valid_until) VALUES ($1, 1, clock_timestamp() + $2 * interval '1 millisecond')
        ON CONFLICT (one) DO UPDATE SET holder = $1, token = c.token + (c.holder <> $1)::integer, valid_until = excluded.valid_until
        WHERE c.holder = $1 OR c.valid_until = '-infinity'
            OR greatest(c.valid_until, pg_postmaster_start_time() + $2 * interval '1 millisecond') < clock_timestamp()
        RETURNING token
        """;

    private const string ReleaseSql = "UPDATE vigil_claim.claim SET valid_until = '-infinity' WHERE holder = $1";

    // In seconds. One attempt that hangs must not take as long as the lease.
    private const int ConnectTimeout = 2;
    private const int CommandTimeout = 4;

    /// <summary>The SQLSTATE with which the database refuses a write of a silo that no longer holds the claim.</summary>
    internal const string LostCode = "VG001";

    private readonly PostgresSettings _settings = new() { ConnectionString = connectionString };
    private readonly CancellationTokenSource _stop = new();
    private NpgsqlConnection? _connection;
    private string? _holder;
    private bool _isAlone;
    private Task _renewing = Task.CompletedTask;
    private long _token;
    private long _renewedAt;

    /// <summary>Gets how long to wait for a conflicting claim at startup; longer than the lease that a killed silo leaves behind.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets how long the claim lasts without being renewed.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets a value indicating whether the silo may act on what is stored. It becomes false some time before the lease ends, so that what has begun can
    /// finish.
    /// </summary>
    public bool IsHeld => TimeProvider.System.GetElapsedTime(Volatile.Read(ref _renewedAt)) < Lease * 0.8;

    /// <summary>Gets the fencing token for writes.</summary>
    internal long Token => Volatile.Read(ref _token);

    /// <summary>Takes the claim, and renews it from then on.</summary>
    /// <exception cref="StoreException">Another cluster holds it, or the database cannot be used.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var name = cluster();
        (_isAlone, _holder) = (name is null, name ?? $"alone/{Guid.NewGuid()}");
        try
        {
            await (await ConnectAsync(cancellationToken)).ExecuteAsync(SchemaLock + SchemaScripts.ReadOne("claim.sql"), cancellationToken);
            await ClaimAsync(cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Of(error, _settings.Name);
        }

        _renewing = RenewAsync(_stop.Token);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        try
        {
            // A cluster's claim is still needed by its other members.
            if (_isAlone && IsHeld)
            {
                await (await ConnectAsync(CancellationToken.None)).ExecuteAsync(ReleaseSql, CancellationToken.None, PostgresValues.Text(_holder));
            }
        }
        catch (NpgsqlException error)
        {
            LogNotReleased(PostgresErrors.Of(error, _settings.Name).Message);
        }

        await DisconnectAsync();
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var isFirst = true; !await TryClaimAsync(cancellationToken); isFirst = false)
        {
            if (TimeProvider.System.GetElapsedTime(start) >= Timeout)
            {
                throw new StoreException(
                    $"{_settings.Name} is in use by a silo of another cluster, or without one. Set Vigil:Clustering for all silos, with the same ClusterId and "
                    + "the same database in its ConnectionString, or give each its own database in Vigil:Store:ConnectionString.");
            }

            if (isFirst)
            {
                LogWaiting(_settings.Name, Timeout.TotalSeconds);
            }

            await Task.Delay(Lease / 20, TimeProvider.System, cancellationToken);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Lease / 10);
        for (var isLost = false; await timer.WaitForNextTickAsync(cancellationToken);)
        {
            var reason = await TryRenewAsync(cancellationToken);
            if (isLost && reason is null)
            {
                LogHeldAgain(_settings.Name);
            }
            else if (!isLost && !IsHeld)
            {
                LogLost(_settings.Name, reason);
            }

            isLost = reason is not null && (isLost || !IsHeld);
        }
    }

    /// <summary>Renews the claim or takes it back; returns null, or why that failed.</summary>
    private async Task<string?> TryRenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TryClaimAsync(cancellationToken) ? null : "Another silo or cluster has taken it over.";
        }
        catch (NpgsqlException error)
        {
            await DisconnectAsync();
            return PostgresErrors.Of(error, _settings.Name).Message;
        }
    }

    private async Task<bool> TryClaimAsync(CancellationToken cancellationToken)
    {
        // Measured on this machine's monotonic clock from before the request, so that the lease ends here first.
        var askedAt = TimeProvider.System.GetTimestamp();
        var tokens = await (await ConnectAsync(cancellationToken)).AllAsync(
            ClaimSql,
            row => row.GetInt64(0),
            cancellationToken,
            PostgresValues.Text(_holder),
            PostgresValues.Number((long)Lease.TotalMilliseconds));
        if (tokens is not [var token])
        {
            return false;
        }

        Volatile.Write(ref _token, token);
        Volatile.Write(ref _renewedAt, askedAt);
        return true;
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection?.FullState != ConnectionState.Open)
        {
            // The one before may have been interrupted while it was opened or used.
            await DisconnectAsync();
            _connection = new(new NpgsqlConnectionStringBuilder(connectionString)
            {
                Pooling = false,
                ApplicationName = "vigil claim",
                Timeout = ConnectTimeout,
                CommandTimeout = CommandTimeout,
                CancellationTimeout = -1,
            }.ToString());
            await _connection.OpenAsync(cancellationToken);
        }

        return _connection;
    }

    private async Task DisconnectAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }

    [LoggerMessage(6000, LogLevel.Information, "{Database} is claimed by another silo or cluster; waiting up to {Seconds} s for the claim to end")]
    private partial void LogWaiting(string database, double seconds);

    [LoggerMessage(6001, LogLevel.Error, "The claim on {Database} was lost: nothing is started or polled until it is renewed. {Reason}")]
    private partial void LogLost(string database, string? reason);

    [LoggerMessage(6002, LogLevel.Information, "The claim on {Database} was renewed")]
    private partial void LogHeldAgain(string database);

    [LoggerMessage(6003, LogLevel.Warning, "The claim on the database could not be released and will expire. {Reason}")]
    private partial void LogNotReleased(string reason);
}
