using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Messaging;

namespace Vigil.Client;

/// <summary>How this program reaches its cluster: waits for it at the start, and says what was tried. In a silo there is nothing to say.</summary>
internal sealed class ClusterLink(IServiceProvider services, IOptions<VigilClientOptions> options, TimeProvider time) : IClientConnectionRetryFilter
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private long? _firstFailure;
    private int _failures;

    /// <summary>Waits before the next attempt to connect, until the time is up.</summary>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        var since = _firstFailure ??= time.GetTimestamp();
        if (time.GetElapsedTime(since) >= options.Value.ConnectTimeout)
        {
            throw new VigilUnavailableException(
                $"No silo could be reached within {options.Value.ConnectTimeout.TotalSeconds:0} seconds{await TriedAsync()}: {exception.Message}", inner: exception);
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
            return gateways.Count == 0 ? $"; {provider.GetType().Name} lists none" : $"; tried: {string.Join(", ", gateways.Select(gateway => gateway.Authority))}";
        }
        catch (Exception e)
        {
            // It is part of the message of an error that is thrown anyway. A provider that has never reached its database fails in any way.
            return $"; {provider.GetType().Name} cannot list the silos ({e.Message})";
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
