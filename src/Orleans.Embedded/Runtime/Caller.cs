using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>Sends the calls of one silo or client and waits for their answers.</summary>
internal sealed class Caller(Cluster cluster, Silo? silo, TimeSpan responseTimeout, TimeProvider timeProvider)
{
    /// <summary>Calls a method and returns what its caller gets: usually a task.</summary>
    public object? Call(GrainId target, GrainMethod method, object?[]? arguments)
    {
        var call = new Call(cluster, silo, target, method, CopyContext.CopyArguments(arguments));
        if (method.IsOneWay)
        {
            cluster.Send(call);
            return method.AnswerNothing();
        }

        var token = method.CancellationIndex < 0 ? default : (CancellationToken)arguments![method.CancellationIndex]!;
        token.ThrowIfCancellationRequested();
        if (token.CanBeCanceled)
        {
            call.MakeCancellable();
        }

        return method.Answer(SendAsync(call, method.ResponseTimeout ?? responseTimeout, token));
    }

    private async Task<object?> SendAsync(Call call, TimeSpan timeout, CancellationToken token)
    {
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
