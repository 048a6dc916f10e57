namespace Vigil.Grains.Polling.Requests;

/// <summary>
/// Sends all requests to the platform: applies a timeout, counts them, returns exceptions as errors and adapts the request rate. It also decides whether a
/// refused credential is temporary, concerns only this run, or concerns the whole connection.
/// </summary>
internal sealed class PlatformClient
{
    /// <summary>The error code of an operation that the platform does not support.</summary>
    public const string NotSupported = "not_supported";

    public const int Forbidden = 403;

    private const int TooManyRequests = 429;

    private readonly ConnectionScope _scope;
    private readonly ConnectionGate _gate;

    // The adapter has its own timeout; this one is longer and catches an adapter that hangs.
    private readonly TimeSpan _timeout;

    public PlatformClient(ConnectionScope scope, ConnectionGate gate)
    {
        _scope = scope;
        _gate = gate;
        _timeout = scope.Connection.Options.RequestTimeout + TimeSpan.FromSeconds(5);
        Probe = new(scope, this);
    }

    public CredentialProbe Probe { get; }

    public async Task<Reply<T>> CallAsync<T>(RequestRate rate, string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(rate, operation, call, cancellationToken);
        return reply.Error switch
        {
            { StatusCode: Forbidden, Kind: PlatformErrorKind.Final } => await JudgeAsync(reply, reply.Error),
            { Kind: PlatformErrorKind.Credential } => await TryAgainAsync(reply, rate, operation, call, cancellationToken),
            _ => reply,
        };
    }

    /// <summary>Waits until one more request may be sent; returns false if the connection is suspended.</summary>
    public async Task<bool> WaitToSendAsync(RequestRate rate, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait;
            lock (_scope.Lock)
            {
                if (_gate.IsSuspended)
                {
                    return false;
                }

                if (rate.TryAcquire(_scope.Clock.Now, out wait))
                {
                    return true;
                }
            }

            await Task.Delay(wait, _scope.Services.Time, cancellationToken);
        }
    }

    /// <summary>Sends one request without interpreting a refused credential.</summary>
    public async Task<Reply<T>> SendAsync<T>(RequestRate rate, string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var sentAt = _scope.Clock.UtcNow;
        var sent = _scope.Clock.Now;
        PlatformError error;
        try
        {
            using var limit = new CancellationTokenSource(_timeout, _scope.Services.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            _scope.Services.Instruments.Requested(_scope.Name, operation);
            var value = await call(either.Token).WaitAsync(either.Token);
            lock (_scope.Lock)
            {
                rate.Accepted(_scope.Clock.Now);
                _gate.Accept(sent);
            }

            return new(value, null, sent, sentAt, _scope.Clock.UtcNow, 1);
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
        return new(default, error, sent, sentAt, _scope.Clock.UtcNow, 1);
    }

    /// <summary>Repeats the request at once: the adapter uses a fresh credential for it, so only a second refusal counts.</summary>
    private async Task<Reply<T>> TryAgainAsync<T>(
        Reply<T> refused, RequestRate rate, string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        lock (_scope.Lock)
        {
            if (_gate.IsSuspended)
            {
                return refused;
            }

            rate.Charge(_scope.Clock.Now);
        }

        var second = await SendAsync(rate, operation, call, cancellationToken) with { Requests = refused.Requests + 1 };
        if (second.Error is { Kind: PlatformErrorKind.Credential })
        {
            lock (_scope.Lock)
            {
                _gate.Refuse();
            }
        }

        return second;
    }

    /// <summary>Distinguishes a forbidden run from a revoked credential; if that is not possible, the error counts as transient.</summary>
    private async Task<Reply<T>> JudgeAsync<T>(Reply<T> forbidden, PlatformError error)
    {
        var result = await Probe.ProbeAsync();
        if (result == ProbeResult.Refused)
        {
            lock (_scope.Lock)
            {
                _gate.Refuse();
            }

            // Without the status code, so that a start waits for the connection to resume instead of being rejected.
            return forbidden with { Error = new(PlatformErrorKind.Credential, error.Code, error.Message, CertainlyNotActedOn: true) };
        }

        var kind = result is ProbeResult.Accepted or ProbeResult.RunsOnly ? PlatformErrorKind.Final : PlatformErrorKind.Transient;
        return forbidden with { Error = error with { Kind = kind } };
    }

    private PlatformError Describe(Exception e, string operation)
    {
        switch (e)
        {
            case PlatformException platform:
                return platform.Error;
            case OperationCanceledException:
                return new(PlatformErrorKind.Transient, "timed_out", $"No answer within {_timeout.TotalSeconds:0} seconds.");
            case NotSupportedException:
                return new(PlatformErrorKind.Final, NotSupported, e.Message, CertainlyNotActedOn: true);
            default:
                // An adapter must not throw anything else. If it does, that must end neither the execution nor the loop.
                _scope.Services.Log.AdapterFaulted(e, _scope.Name, operation);
                return new(PlatformErrorKind.Transient, "adapter_fault", e.Message);
        }
    }

    private void Learn(PlatformError error, RequestRate rate, string operation, TimeSpan sent)
    {
        _scope.Services.Instruments.Failed(_scope.Name, operation, error.Kind);
        _scope.Services.Log.RequestFailed(_scope.Name, operation, error.Kind, error.Code, error.StatusCode, error.Message);
        lock (_scope.Lock)
        {
            _scope.LastError = error;
            if (error.StatusCode == TooManyRequests)
            {
                rate.Refused(sent, _scope.Clock.Now, error.RetryAfter);
            }
        }
    }
}

/// <summary>The outcome of one request: a value or an error.</summary>
/// <param name="Value">The answer, if there is no error.</param>
/// <param name="Error">The error, if it failed.</param>
/// <param name="LeftAt">When the request was sent, by the monotonic clock, which orders answers.</param>
/// <param name="SentAt">The same time in UTC.</param>
/// <param name="ReceivedAt">When the answer was received.</param>
/// <param name="Requests">How many requests it took.</param>
internal readonly record struct Reply<T>(T? Value, PlatformError? Error, TimeSpan LeftAt, DateTimeOffset SentAt, DateTimeOffset ReceivedAt, int Requests);
