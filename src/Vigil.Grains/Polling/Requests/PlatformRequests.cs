using Vigil.Grains.Polling.Timing;

namespace Vigil.Grains.Polling.Requests;

/// <summary>
/// The one door to the platform: it bounds each request, counts it, turns whatever is thrown into an error as data, and learns from it how much may
/// be sent.
/// </summary>
internal sealed class PlatformRequests(ConnectionScope scope, ConnectionGate gate)
{
    /// <summary>The code of what the platform cannot do.</summary>
    public const string NotSupported = "not_supported";

    private const int TooManyRequests = 429;

    // The adapter bounds its own requests; this one catches an adapter that does not.
    private readonly TimeSpan _longest = scope.Connection.Options.RequestTimeout + TimeSpan.FromSeconds(5);

    public async Task<Reply<T>> SendAsync<T>(RequestRate rate, string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var sentAt = scope.Clock.UtcNow;
        var sent = scope.Clock.Now;
        PlatformError error;
        try
        {
            using var limit = new CancellationTokenSource(_longest, scope.Services.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            scope.Services.Instruments.Requested(scope.Name, operation);
            var value = await call(either.Token).WaitAsync(either.Token);
            lock (scope.Lock)
            {
                rate.Accepted(scope.Clock.Now);
                gate.Accept(sent);
            }

            return new(value, null, sent, sentAt, scope.Clock.UtcNow, 1);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            error = Describe(e, operation);
        }

        Learn(error, rate, operation, sent);
        return new(default, error, sent, sentAt, scope.Clock.UtcNow, 1);
    }

    private PlatformError Describe(Exception e, string operation)
    {
        switch (e)
        {
            case PlatformException platform:
                return platform.Error;
            case OperationCanceledException:
                return new(PlatformErrorKind.Transient, "timed_out", $"No answer within {_longest.TotalSeconds:0} seconds.");
            case NotSupportedException:
                return new(PlatformErrorKind.Final, NotSupported, e.Message, CertainlyNotActedOn: true);
            default:
                // An adapter promises to throw nothing else. Whatever it is, it must not end an execution or the loop.
                scope.Services.Log.AdapterFaulted(e, scope.Name, operation);
                return new(PlatformErrorKind.Transient, "adapter_fault", e.Message);
        }
    }

    private void Learn(PlatformError error, RequestRate rate, string operation, TimeSpan sent)
    {
        scope.Services.Instruments.Failed(scope.Name, operation, error.Kind);
        scope.Services.Log.RequestFailed(scope.Name, operation, error.Kind, error.Code, error.StatusCode, error.Message);
        lock (scope.Lock)
        {
            scope.LastError = error;
            if (error.StatusCode == TooManyRequests)
            {
                rate.Refused(sent, scope.Clock.Now, error.RetryAfter);
            }
        }
    }
}
