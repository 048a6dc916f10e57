using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Vigil.Storage;
using Vigil.Storage.Clustering;

namespace Vigil.Hosting;

/// <summary>
/// Creates the cluster's tables and waits, before the silo joins, for members that the cluster's table shows as running but that do not answer. After all silos were killed, Orleans would
/// refuse to join until their last sign of life is old enough, and give up before that. When it is, and no other member answers either, they are entered
/// as dead, because there is nobody else to do it and the silo would try to reach them in vain.
/// </summary>
internal sealed partial class UnreachableMembersWait(
    ClusterSchema schema,
    IMembershipTable table,
    IOptions<EndpointOptions> endpoints,
    IOptions<ClusterMembershipOptions> options,
    TimeProvider time,
    ILogger<UnreachableMembersWait> logger)
    : BeforeStartService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(SiloAddress Silo, DateTime Sign), DateTimeOffset> _firstSeen = [];

    public override StartPhase Phase => StartPhase.Membership;

    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        await schema.CreateAsync(cancellationToken);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, cancellationToken);
        var start = time.GetTimestamp();
        for (var known = ""; ;)
        {
            var read = await table.ReadAllAsync(cancellationToken);
            var members = read.Members.Where(member => member.Item1.Status == SiloStatus.Active && !member.Item1.SiloAddress.Endpoint.Equals(Own)).ToArray();
            var answers = await Task.WhenAll(members.Select(member => AnswersAsync(member.Item1.SiloAddress.Endpoint, cancellationToken)));
            var silent = members.Where((_, i) => !answers[i]).ToArray();
            var fresh = silent.Select(member => member.Item1).Where(entry => CountsAsRunningUntil(entry) >= time.GetUtcNow()).ToArray();
            if (fresh.Length > 0)
            {
                var names = string.Join(", ", fresh.Select(entry => $"{entry.SiloName} at {entry.SiloAddress.Endpoint}"));
                if (names != known)
                {
                    LogWaits(known = names, fresh.Max(CountsAsRunningUntil).UtcDateTime);
                }

                RequireTimeLeft(start, names);
                await Task.Delay(Interval, time, cancellationToken);
            }
            else if (silent.Length > 0 && silent.Length == members.Length)
            {
                // If another silo was faster, nothing is written, and the table is read again.
                var (dead, etag) = silent[0];
                dead.Status = SiloStatus.Dead;
                await table.UpdateRowAsync(dead, etag, read.Version.Next(), cancellationToken);
            }
            else
            {
                return;
            }
        }
    }

    private IPEndPoint Own => new(endpoints.Value.AdvertisedIPAddress, endpoints.Value.SiloPort);

    private void RequireTimeLeft(long start, string names)
    {
        if (time.GetElapsedTime(start) > MaxWait)
        {
            throw new IOException(
                $"silos of the cluster go on reporting that they run but cannot be reached from here: {names}. Check the network between them and {ClusteringOptions.SectionName}:Address.");
        }
    }

    /// <summary>
    /// Returns until when a silo counts as running without a new sign of life. Orleans goes by the time that the silo wrote; where its clock is ahead,
    /// this one goes by when it has seen that sign first.
    /// </summary>
    private DateTimeOffset CountsAsRunningUntil(MembershipEntry entry)
    {
        var now = time.GetUtcNow();
        var written = new DateTimeOffset(entry.IAmAliveTime > entry.StartTime ? entry.IAmAliveTime : entry.StartTime, TimeSpan.Zero);
        var seen = _firstSeen.TryGetValue((entry.SiloAddress, entry.IAmAliveTime), out var before) ? before : _firstSeen[(entry.SiloAddress, entry.IAmAliveTime)] = now;
        return (written < seen ? written : seen) + (options.Value.IAmAliveTablePublishTimeout * options.Value.NumMissedTableIAmAliveLimit);
    }

    private static async Task<bool> AnswersAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Waiting for silos that the cluster shows as running but that do not answer: {Silos}. If they stay silent they count as gone at {Until:HH:mm:ss} UTC, and this silo starts without them")]
    private partial void LogWaits(string silos, DateTime until);
}
