using Vigil.Grains.Polling;

namespace Vigil.Grains.Queries;

/// <summary>Tells where each connection stands: what the cluster decided about it, and how this silo's poller does with it.</summary>
internal sealed class ConnectionReader(IGrainFactory grains, PlatformConnections connections, SiloPoller poller)
{
    public async Task<ImmutableArray<ConnectionStatus>> ListAsync() =>
        [.. (await Task.WhenAll(connections.All.Select(StatusOfAsync))).OrderBy(status => status.Name, StringComparer.Ordinal)];

    /// <exception cref="ConnectionNotFoundException">There is no such connection.</exception>
    public Task<ConnectionStatus> GetAsync(string name) => StatusOfAsync(connections.Get(name));

    private async Task<ConnectionStatus> StatusOfAsync(PlatformConnection connection)
    {
        var health = await grains.GetGrain<IConnectionGrain>(ConnectionKey.Of(connection.Name)).GetAsync();
        var report = poller.ReportOf(connection.Name);
        return new()
        {
            Name = connection.Name,
            Platform = connection.Platform.Name,
            State = health.Suspended || report.Suspended is not null ? "suspended" : "active",
            Reason = health.Reason ?? report.Suspended,
            Since = health.Since,
            TargetKinds = [.. connection.Platform.TargetKinds],
            Watched = report.Watched,
            Queued = report.Queued,
            EffectiveCadenceSeconds = report.EffectiveCadence.TotalSeconds,
            RequestsPerMinute = report.RequestsPerMinute,
            LastError = report.LastError,
        };
    }
}
