using Vigil.Grains.Polling.Timing;

namespace Vigil.Grains.Polling.Requests;

/// <summary>Sends requests, and decides what a refusal of the credential is: a passing one, one of this run alone, or one of the whole connection.</summary>
internal sealed class PlatformCaller(ConnectionScope scope, PlatformRequests requests, CredentialProbe probe, ConnectionGate gate)
{
    public const int Forbidden = 403;

    public async Task<Reply<T>> CallAsync<T>(RequestRate rate, string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var reply = await requests.SendAsync(rate, operation, call, cancellationToken);
        return reply.Error switch
        {
            { StatusCode: Forbidden } => await JudgeAsync(reply, reply.Error),
            { Kind: PlatformErrorKind.Credential } => await TryAgainAsync(reply, rate, operation, call, cancellationToken),
            _ => reply,
        };
    }

    /// <summary>Waits until one more request may be sent; false where the connection is suspended meanwhile.</summary>
    public async Task<bool> WaitToSendAsync(RequestRate rate, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait;
            lock (scope.Lock)
            {
                if (gate.IsSuspended)
                {
                    return false;
                }

                if (rate.TryAcquire(scope.Clock.Now, out wait))
                {
                    return true;
                }
            }

            await Task.Delay(wait, scope.Services.Time, cancellationToken);
        }
    }

    /// <summary>Once more at once: the adapter takes up a fresh credential with the next request, so the second refusal is the one that counts.</summary>
    private async Task<Reply<T>> TryAgainAsync<T>(
        Reply<T> refused, RequestRate rate, string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        lock (scope.Lock)
        {
            if (gate.IsSuspended)
            {
                return refused;
            }

            rate.Charge(scope.Clock.Now);
        }

        var second = await requests.SendAsync(rate, operation, call, cancellationToken) with { Requests = refused.Requests + 1 };
        if (second.Error is { Kind: PlatformErrorKind.Credential })
        {
            lock (scope.Lock)
            {
                gate.Refuse();
            }
        }

        return second;
    }

    /// <summary>Tells a run that may not be seen from a credential that allows nothing any more; where that cannot be told, nothing is concluded.</summary>
    private async Task<Reply<T>> JudgeAsync<T>(Reply<T> forbidden, PlatformError error)
    {
        var result = await probe.AskAsync();
        if (result == ProbeResult.Refused)
        {
            lock (scope.Lock)
            {
                gate.Refuse();
            }

            // Without the status, so that a start that met it waits for the connection instead of being the one refused.
            return forbidden with { Error = new(PlatformErrorKind.Credential, error.Code, error.Message, CertainlyNotActedOn: true) };
        }

        var kind = result == ProbeResult.Accepted ? PlatformErrorKind.Final : PlatformErrorKind.Transient;
        return forbidden with { Error = error with { Kind = kind } };
    }
}
