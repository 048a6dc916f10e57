using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigil.Hosting;

/// <summary>Logs which silos join and leave the cluster.</summary>
internal sealed partial class MembershipLog(IClusterMembershipService membership, ILocalSiloDetails local, ILogger<MembershipLog> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var present = new Dictionary<SiloAddress, string>();
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            foreach (var member in snapshot.Members.Values.Where(member => !member.SiloAddress.Equals(local.SiloAddress)))
            {
                if (member.Status == SiloStatus.Active && present.TryAdd(member.SiloAddress, member.Name))
                {
                    LogJoined(member.Name, member.SiloAddress.Endpoint.ToString());
                }
                else if (member.Status > SiloStatus.Active && present.Remove(member.SiloAddress))
                {
                    LogLeft(member.Name, member.SiloAddress.Endpoint.ToString(), member.Status == SiloStatus.Dead ? "it does not answer" : "it stops");
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Silo {Name} at {Endpoint} joined the cluster")]
    private partial void LogJoined(string name, string endpoint);

    [LoggerMessage(2, LogLevel.Information, "Silo {Name} at {Endpoint} left the cluster: {Reason}")]
    private partial void LogLeft(string name, string endpoint, string reason);
}
