using System.Data.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Metadata;

namespace Vigil.Client;

/// <summary>How this program reaches its cluster: waits for it at the start, and says what was tried. In a silo there is nothing to say.</summary>
internal sealed class ClusterLink(IServiceProvider services, IOptions<VigilClientOptions> options, TimeProvider time) : IClientConnectionRetryFilter
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private long? _firstFailure;
    private int _failures;

    /// <summary>Gets whether a silo has told which grains the cluster has; until then Orleans knows none.</summary>
    public bool HasConnected => services.GetService<IClusterManifestProvider>() is not { } provider || provider.Current.Version > MajorMinorVersion.MinValue;

    /// <summary>Waits before the next attempt to connect, until the time is up.</summary>
    /// <exception cref="VigilUnavailableException">The time is up.</exception>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        var since = _firstFailure ??= time.GetTimestamp();
        if (time.GetElapsedTime(since) >= options.Value.ConnectTimeout)
        {
            throw new VigilUnavailableException(
                $"No silo could be reached within {options.Value.ConnectTimeout.TotalSeconds:0} seconds{await TriedAsync()}: {Describe(exception)}", inner: exception);
        }

        await Task.Delay(Retries.Delay(++_failures, Random.Shared), time, cancellationToken);
        return true;
    }

    /// <summary>Returns the addresses of the silos as part of a sentence, or why they cannot be listed; empty in a silo.</summary>
    public async Task<string> TriedAsync()
    {
        if (services.GetService<IGatewayListProvider>() is not { } provider)
        {
            return "";
        }

        try
        {
            var gateways = await provider.GetGateways().WaitAsync(AnswerTimeout, time);
            return gateways.Count == 0
                ? $"; {provider.GetType().Name} lists none{Membership()}"
                : $"; tried: {string.Join(", ", gateways.Select(gateway => gateway.Authority))}";
        }
        catch (Exception e)
        {
            // It is part of the message of an error that is thrown anyway. A provider that has never reached its database fails in any way.
            return $"; {provider.GetType().Name} cannot list the silos{Membership()}{(e is NullReferenceException ? "" : $" ({Describe(e)})")}";
        }
    }

    private static string Describe(Exception exception) => exception.Message.Contains("Not all required queries found", StringComparison.Ordinal)
        ? $"{exception.Message.TrimEnd('.')}. The connection string of the clustering needs `Search Path=vigil_cluster`"
        : exception.Message.TrimEnd('.');

    // What was asked for. Of the connection string, everything but the address may be secret.
    private string Membership()
    {
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        return $" of ClusterId '{cluster.ClusterId}' and ServiceId '{cluster.ServiceId}'{(DatabaseHost() is { } host ? $" in the database on {host}" : "")}";
    }

    private string? DatabaseHost()
    {
        try
        {
            var database = new DbConnectionStringBuilder { ConnectionString = services.GetService<IConfiguration>()?["Orleans:Clustering:ConnectionString"] };
            return database.TryGetValue("Host", out var host) || database.TryGetValue("Server", out host) ? (string)host : null;
        }
        catch (ArgumentException)
        {
            // It is not a connection string, as with other providers.
            return null;
        }
    }

    /// <summary>Returns the version of the silo that answers; null if it does not tell it.</summary>
    public async Task<string?> VersionAsync()
    {
        try
        {
            return await services.GetRequiredService<IClusterClient>().GetGrain<IQueryGrain>(IQueryGrain.Key).GetVersionAsync().WaitAsync(AnswerTimeout, time);
        }
        catch (Exception)
        {
            // Silos before this call existed fail in several ways, and the caller reports a mismatch in any case.
            return null;
        }
    }
}
