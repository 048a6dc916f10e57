namespace Orleans.Runtime;

/// <summary>Sends the calls of one silo or client and waits for their answers.</summary>
internal sealed class Caller(Cluster cluster, Silo? silo, TimeSpan responseTimeout, TimeProvider timeProvider)
{
    /// <summary>Calls a method and returns what its caller gets: usually a task.</summary>
    public object? Call(GrainId target, GrainMethod method, object?[]? arguments)
    {
        if (method.IsOneWay)
        {
            cluster.Send(new(cluster, silo, target, method, method.CopyArguments(arguments)));
            return method.AnswerNothing();
        }

        var token = method.CancellationIndex < 0 ? default : (CancellationToken)arguments![method.CancellationIndex]!;
        token.ThrowIfCancellationRequested();
        return method.Answer(() => SendAsync(new(cluster, silo, target, method, method.CopyArguments(arguments)), method, token), token);
    }

    private async Task<object?> SendAsync(Call call, GrainMethod method, CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            call.MakeCancellable();
        }

        var timeout = method.ResponseTimeout ?? responseTimeout;
        cluster.Send(call);
        try
        {
            return await call.Answer.WaitAsync(timeout, timeProvider, token).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!call.Answer.IsCompleted)
        {
            call.Abandon();
            throw new TimeoutException($"Response did not arrive on time in {timeout} for message: {call}.");
        }
        catch (OperationCanceledException) when (!call.Answer.IsCompleted)
        {
            call.Cancel();
            throw;
        }
    }
}
