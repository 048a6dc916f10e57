using System.Collections.Immutable;
using Vigil.Grains.Polling;
using Vigil.Platforms;

namespace Vigil.Gateway;

/// <summary>Says where each connection stands: what the cluster decided of it, and how this silo's poller does with it.</summary>
internal sealed class ConnectionDirectory(IGrainFactory grains, PlatformConnections connections, ISiloPoller poller, GrainCalls calls)
{
    public async Task<ImmutableArray<ConnectionStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var all = await Task.WhenAll(connections.All.Select(async connection =>
            StatusOf(connection, await calls.CallAsync(() => GrainOf(connection.Name).GetAsync(), cancellationToken))));
        return [.. all.OrderBy(status => status.Name, StringComparer.Ordinal)];
    }

    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    public async Task<ConnectionStatus> PauseAsync(string name, CancellationToken cancellationToken)
    {
        var connection = Find(name);
        return StatusOf(connection, await calls.CallAsync(() => GrainOf(name).SuspendAsync(SuspensionReasons.Paused), cancellationToken));
    }

    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    public async Task<ConnectionStatus> ResumeAsync(string name, CancellationToken cancellationToken)
    {
        var connection = Find(name);
        return StatusOf(connection, await calls.CallAsync(() => GrainOf(name).ResumeAsync(), cancellationToken));
    }

    private ConnectionStatus StatusOf(PlatformConnection connection, ConnectionHealth health)
    {
        var report = poller.ReportOf(connection.Name);
        return new()
        {
            Name = connection.Name,
            Platform = connection.Platform.Name,
            State = health.Suspended || report.Suspended is not null ? "suspended" : "active",
            Reason = health.Reason ?? report.Suspended,
            Since = health.Since,
            TargetKinds = connection.Platform.TargetKinds,
            Watched = report.Watched,
            Queued = report.Queued,
            EffectiveCadenceSeconds = report.EffectiveCadence.TotalSeconds,
            RequestsPerMinute = report.RequestsPerMinute,
            LastError = report.LastError,
        };
    }

    private PlatformConnection Find(string name) =>
        connections.TryGet(name, out var connection) ? connection : throw new ConnectionNotFoundException(name);

    private IConnectionGrain GrainOf(string name) => grains.GetGrain<IConnectionGrain>($"connection/{name}");
}
