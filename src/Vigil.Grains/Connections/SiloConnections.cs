using Orleans.Runtime.Services;
using Orleans.Services;
using Vigil.Grains.Executions;
using Vigil.Grains.Polling;
using Vigil.Grains.Runs;

namespace Vigil.Grains.Connections;

/// <summary>Answers for the connections of one silo, so that silos without a connection can ask one that has it.</summary>
[Alias("vigil.ISiloConnections")]
internal interface ISiloConnections : IGrainService
{
    /// <summary>Returns all errors of a start, by the limits of Vigil and of the platform.</summary>
    [Alias("CheckStartAsync")]
    Task<ImmutableArray<FieldError>> CheckAsync(StartExecution request);

    /// <summary>Polls a run once that no execution watches yet; null if the platform does not know it.</summary>
    [Alias("ObserveAsync")]
    Task<Observation?> ObserveAsync(AdoptExecution request, CancellationToken cancellationToken);

    /// <summary>Returns one page of the runs that the platform itself lists, without the executions that watch them.</summary>
    [Alias("ListRunsAsync")]
    Task<PlatformRunList> ListRunsAsync(
        string name, RunFilter filter, int pageSize, string? cursor, bool observe, CancellationToken cancellationToken);

    /// <summary>Returns where a connection stands on this silo.</summary>
    [Alias("GetStatusAsync")]
    Task<ConnectionStatus> GetStatusAsync(string name);
}

internal sealed class SiloConnections(
    GrainId id, Silo silo, ILoggerFactory loggers, IGrainFactory grains, PlatformConnections connections, SiloPoller poller, RunLister runs)
    : GrainService(id, silo, loggers), ISiloConnections
{
    public Task<ImmutableArray<FieldError>> CheckAsync(StartExecution request) => Task.FromResult(StartRules.Check(request, connections, out _));

    public async Task<Observation?> ObserveAsync(AdoptExecution request, CancellationToken cancellationToken)
    {
        RequestLimits.ThrowIfAny(StartRules.Check(request, connections));
        try
        {
            return await poller.LookAsync(request.Connection, request.RemoteId, request.Target, cancellationToken);
        }
        catch (PlatformException e)
        {
            throw new PlatformUnavailableException(request.Connection, e.Message, e.Error.RetryAfter);
        }
    }

    public Task<PlatformRunList> ListRunsAsync(
        string name, RunFilter filter, int pageSize, string? cursor, bool observe, CancellationToken cancellationToken) =>
        runs.ListAsync(name, filter, pageSize, cursor, observe, cancellationToken);

    public async Task<ConnectionStatus> GetStatusAsync(string name)
    {
        var connection = connections.Get(name);
        var health = await grains.GetGrain<IConnectionGrain>(ConnectionKey.Of(name)).GetAsync();
        var report = poller.ReportOf(name);

        // The silo itself notices a refused credential; of an operator's pause and its end it may not have heard yet.
        var refused = report.Suspended == SuspensionReasons.CredentialRefused ? report.Suspended : null;
        return new()
        {
            Name = name,
            Platform = connection.Platform.Name,
            State = health.Suspended || refused is not null ? "suspended" : "active",
            Reason = health.Reason ?? refused,
            Since = health.Since,
            TargetKinds = [.. connection.Platform.TargetKinds],
            Watched = report.Watched,
            Queued = report.Queued,
            EffectiveCadenceSeconds = report.EffectiveCadence.TotalSeconds,
            RequestsPerMinute = report.RequestsPerMinute,
            LastError = report.LastError,
            Starts = report.StartsWait is null ? "open" : "waiting",
            StartsReason = report.StartsWait?.Reason,
            StartsWaitUntil = report.StartsWait?.Until,
            Attention = report.Attention,
            PollsFailSince = report.PollsFailSince,
            Adopt = connection.Options.Adopt is { } rule
                ? new(new([.. rule.Targets], rule.MaxWatched), health.Adoption?.Adopted ?? 0, health.Adoption?.SkippedByCap ?? 0)
                : null,
            Push = report.Push,
        };
    }
}

internal sealed class SiloConnectionsClient(IServiceProvider services, ClusterConnections connections) : GrainServiceClient<ISiloConnections>(services)
{
    /// <summary>Returns what answers for a connection: this silo if it has the connection, otherwise another one that has it.</summary>
    /// <exception cref="ConnectionNotFoundException">No active silo has it.</exception>
    /// <exception cref="VigilUnavailableException">No silo is known to have it yet.</exception>
    public ISiloConnections For(string connection) => GetGrainService(connections.SiloFor(connection));
}
