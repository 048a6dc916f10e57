namespace Vigil.Grains.Polling.Requests;

/// <summary>The cheapest request that needs the credential: it tells a refused credential from a refused run, and when a suspension can end.</summary>
internal sealed class CredentialProbe(ConnectionScope scope, PlatformClient client)
{
    private Task<ProbeResult>? _asking;

    /// <summary>Asks once; concurrent callers share the answer.</summary>
    public Task<ProbeResult> AskAsync()
    {
        lock (scope.Lock)
        {
            if (_asking is null)
            {
                scope.Polls.Charge(scope.Clock.Now);
                var request = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
                _asking = request.Task;
                scope.Run(() => AskAsync(request));
            }

            return _asking;
        }
    }

    private async Task AskAsync(TaskCompletionSource<ProbeResult> request)
    {
        var result = ProbeResult.Unknown;
        try
        {
            result = await SendAsync();
        }
        finally
        {
            lock (scope.Lock)
            {
                _asking = null;
            }

            request.SetResult(result);
        }
    }

    private async Task<ProbeResult> SendAsync()
    {
        var reply = await client.SendAsync(scope.Polls, "probe", token => Done(scope.Platform.ProbeAsync(token)), scope.Draining);
        var error = reply.Error;
        if (error?.Code == PlatformClient.NotSupported && AnyRun() is { } run)
        {
            error = (await client.SendAsync(scope.Polls, "probe", token => scope.Platform.PollAsync([run], token), scope.Draining)).Error;
        }

        return error switch
        {
            null => ProbeResult.Accepted,
            { Kind: PlatformErrorKind.Credential } or { StatusCode: PlatformClient.Forbidden } => ProbeResult.Refused,
            { Code: PlatformClient.NotSupported } => ProbeResult.Unsupported,
            _ => ProbeResult.Unknown,
        };
    }

    private RemoteRun? AnyRun()
    {
        lock (scope.Lock)
        {
            return scope.Runs.All.FirstOrDefault()?.Remote;
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}

/// <summary>What a probe showed.</summary>
internal enum ProbeResult
{
    /// <summary>Nothing: it failed for another reason.</summary>
    Unknown,

    /// <summary>The credential is accepted.</summary>
    Accepted,

    /// <summary>The credential is refused, or allows nothing.</summary>
    Refused,

    /// <summary>There is nothing to ask.</summary>
    Unsupported,
}
