using Vigil.Grains.Connections;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;

namespace Vigil.Grains.Runs;

/// <summary>
/// Carries out the standing adopt rules of this silo's connections. Of the silos that have a connection, the one with the highest hash reads its list, so the
/// requests do not grow with the silos. While silos disagree on who that is, two may read it; a run is adopted once all the same.
/// </summary>
internal sealed partial class AdoptRules(
    PlatformConnections connections,
    ClusterConnections cluster,
    SiloMembers members,
    SiloPoller poller,
    IVigilStore store,
    StoreHealth storeHealth,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<AdoptRules> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(AdoptRules), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stopping.Dispose();

    /// <summary>Returns the silo that reads a connection's list; all silos choose the same.</summary>
    public static string ListerOf(string connection, IEnumerable<string> silos) => silos.MaxBy(silo => IdHash.Of($"{connection}/{silo}"))!;

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(
            from connection in connections.All
            where connection.Options.Adopt is not null
            select Task.Run(() => RunAsync(connection, connection.Options.Adopt!, _stopping.Token), CancellationToken.None));
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(PlatformConnection connection, AdoptRule rule, CancellationToken cancellationToken)
    {
        var pass = new AdoptPass(connection, rule, poller, store, grains, time);
        var interval = rule.Interval ?? connection.Cadence;
        var retries = new Backoff(interval, MaxDelay);
        for (var failures = 0; ;)
        {
            failures = await TryPassAsync(connection.Name, pass, cancellationToken) ? 0 : failures + 1;
            await Task.Delay(failures == 0 ? interval : retries.Delay(failures, Random.Shared), time, cancellationToken);
        }
    }

    private async Task<bool> TryPassAsync(string connection, AdoptPass pass, CancellationToken cancellationToken)
    {
        if (ListerOf(connection, cluster.SilosOf(connection).Select(silo => silo.ToParsableString()).Append(members.Self)) != members.Self)
        {
            return true;
        }

        try
        {
            foreach (var (remoteId, error) in await pass.RunAsync(cancellationToken))
            {
                LogNotAdopted(remoteId, connection, error.Message);
            }

            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogPassFailed(storeHealth.FailureLevel, connection, e.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 3100, Level = LogLevel.Warning, Message = "Run {RemoteId} of connection {Connection} was not adopted by its rule: {Reason}")]
    private partial void LogNotAdopted(string remoteId, string connection, string reason);

    [LoggerMessage(EventId = 3101, Message = "The runs of connection {Connection} could not be adopted by its rule; it is tried again: {Reason}")]
    private partial void LogPassFailed(LogLevel level, string connection, string reason);
}
