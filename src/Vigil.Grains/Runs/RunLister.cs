using Vigil.Grains.Polling;

namespace Vigil.Grains.Runs;

/// <summary>Lists what the platforms of this silo's connections themselves list, within the connections' request budgets.</summary>
internal sealed class RunLister(PlatformConnections connections, IEnumerable<IPlatform> platforms, SiloPoller poller)
{
    /// <summary>Returns one page of runs, without the executions that watch them.</summary>
    /// <exception cref="ListingNotSupportedException">The platform cannot list its runs.</exception>
    /// <exception cref="InvalidRequestException">The filter or the cursor is not valid.</exception>
    /// <exception cref="PlatformUnavailableException">The platform did not give a usable answer.</exception>
    public async Task<PlatformRunList> ListAsync(
        string name, RunFilter filter, int pageSize, string? cursor, bool observe, CancellationToken cancellationToken)
    {
        var connection = connections.Get(name);
        if (connection.Platform.RunFilters.Count == 0)
        {
            var able = platforms.Where(platform => platform.RunFilters.Count > 0).Select(platform => platform.Name).Order(StringComparer.Ordinal);
            throw new ListingNotSupportedException(connection.Platform.Name, [.. able]);
        }

        RequestLimits.ThrowIfAny(RunListFilters.Check(connection.Platform, connection.Connection, filter));
        var position = RunCursor.Read(name, filter, cursor);
        try
        {
            var reply = await poller.ListRunsAsync(name, filter, position, pageSize, cancellationToken);
            var page = reply.Value!;
            return new(
                [.. page.Runs.Select(run => RunOf(run, observe ? ObservationOf(run, reply.SentAt, reply.ReceivedAt) : null))],
                page.NextCursor is { } next ? RunCursor.Write(name, filter, next) : null);
        }
        catch (PlatformException e) when (e.Error is { Kind: PlatformErrorKind.Final, StatusCode: 400 or 404 or 409 or 422 })
        {
            throw new InvalidRequestException([new(filter.Trigger is null ? "filter" : RunListFilters.Trigger, $"is refused by the platform: {e.Message}")]);
        }
        catch (PlatformException e)
        {
            throw new PlatformUnavailableException(name, e.Message, e.Error.RetryAfter);
        }
    }

    /// <summary>Returns what a list tells of a run as the first observation of its adoption; null if it does not tell the status.</summary>
    public static Observation? ObservationOf(ListedRun run, DateTimeOffset sentAt, DateTimeOffset receivedAt) =>
        run.Snapshot is { } snapshot ? new(snapshot, 1, sentAt, receivedAt) : null;

    private static PlatformRun RunOf(ListedRun run, Observation? seen) => new()
    {
        RemoteId = run.RemoteId,
        Status = run.Snapshot?.Status,
        RawStatus = run.Snapshot?.RawStatus,
        Target = run.Target,
        CreatedAt = run.CreatedAt,
        StartedAt = run.Snapshot?.StartedAt,
        EndedAt = run.Snapshot?.EndedAt,
        Seen = seen,
    };
}
