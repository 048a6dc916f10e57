namespace Vigil.Grains.Polling.Requests;

/// <summary>Sends the cheapest request that needs the credential, to distinguish a refused credential from a refused run and to end a suspension.</summary>
internal sealed class CredentialProbe(ConnectionScope scope, PlatformClient client)
{
    private Task<ProbeResult>? _pending;
    private (ProbeResult Result, TimeSpan LeftAt) _last = (ProbeResult.Unknown, TimeSpan.MinValue);

    /// <summary>Returns the result of the last probe if it left at this time or later; otherwise sends one.</summary>
    public Task<ProbeResult> ProbeAsync(TimeSpan notBefore)
    {
        lock (scope.Lock)
        {
            return _last.LeftAt >= notBefore ? Task.FromResult(_last.Result) : ProbeAsync();
        }
    }

    /// <summary>Sends a probe; concurrent callers share the result.</summary>
    public Task<ProbeResult> ProbeAsync()
    {
        lock (scope.Lock)
        {
            if (_pending is null)
            {
                scope.Polls.Charge(scope.Clock.Now);
                var request = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                _pending = request.Task;
                scope.Run(() => ProbeAsync(request));
            }

            return _pending;
        }
    }

    private async Task ProbeAsync(TaskCompletionSource<ProbeResult> request)
    {
        var result = ProbeResult.Unknown;
        var leftAt = scope.Clock.Now;
        try
        {
            result = await SendAsync();
        }
        finally
        {
            lock (scope.Lock)
            {
                _pending = null;
                _last = (result, leftAt);
            }

            request.SetResult(result);
        }
    }

    private async Task<ProbeResult> SendAsync()
    {
        var reply = await client.SendAsync(scope.Polls, "probe", token => scope.Platform.ProbeAsync(token).ThenTrue(), scope.Draining);
        var error = reply.Error;
        var isForbidden = IsForbidden(error);
        if ((error?.Code == PlatformClient.NotSupported || isForbidden) && AnyRun() is { } run)
        {
            // An account may read its runs without being allowed to list them.
            error = (await client.SendAsync(scope.Polls, "probe", token => scope.Platform.PollAsync([run], token), scope.Draining)).Error;
        }

        return error switch
        {
            null => isForbidden ? ProbeResult.RunsOnly : ProbeResult.Accepted,
            { Kind: PlatformErrorKind.Credential } => ProbeResult.Refused,
            _ when IsForbidden(error) => ProbeResult.Refused,
            { Code: PlatformClient.NotSupported } => ProbeResult.Unsupported,
            { Kind: PlatformErrorKind.Transient, StatusCode: null } => ProbeResult.Silent,
            _ => ProbeResult.Unknown,
        };
    }

    // Not transient: the platform itself says so, and nothing in front of it.
    private static bool IsForbidden(PlatformError? error) => error is { Kind: PlatformErrorKind.Final, StatusCode: PlatformClient.Forbidden };

    private RemoteRun? AnyRun()
    {
        lock (scope.Lock)
        {
            return scope.Runs.All.FirstOrDefault()?.Remote;
        }
    }
}

internal enum ProbeResult
{
    /// <summary>The probe failed for another reason.</summary>
    Unknown,

    /// <summary>The platform did not answer.</summary>
    Silent,

    Accepted,

    /// <summary>The probe is forbidden, but runs can be polled.</summary>
    RunsOnly,

    /// <summary>The credential is refused, or has no permissions.</summary>
    Refused,

    /// <summary>The platform has no probe, and there is no run to poll instead.</summary>
    Unsupported,
}
