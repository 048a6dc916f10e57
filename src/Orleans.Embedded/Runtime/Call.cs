using Microsoft.Extensions.Logging;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>One call of a grain or observer method, from the moment its arguments are copied until it is answered.</summary>
internal sealed class Call(Cluster cluster, Silo? sender, GrainId target, GrainMethod method, object?[] arguments) : Request
{
    private readonly TaskCompletionSource<object?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _cancellation;
    private Activation? _activation;
    private bool _isAbandoned;
    private int _forwards;

    /// <summary>Gets the silo that the caller lives on, or null for a client outside.</summary>
    public Silo? Sender => sender;

    public GrainId Target => target;

    public Task<object?> Answer => _answer.Task;

    public override bool Interleaves => method.Interleaves;

    public override bool KeepsAlive => true;

    public override bool IsLocal => false;

    /// <summary>Gives the grain a token of its own, which <see cref="Cancel"/> cancels within the grain's turns.</summary>
    public void MakeCancellable()
    {
        _cancellation = new();
        arguments[method.CancellationIndex] = _cancellation.Token;
    }

    /// <summary>Stops waiting. A call that was not begun never will be; one that was is told nothing.</summary>
    public void Abandon() => Volatile.Write(ref _isAbandoned, true);

    /// <summary>Stops waiting, and cancels the grain's token if the call was begun.</summary>
    public void Cancel()
    {
        Abandon();
        if (_activation is { } activation)
        {
            _ = activation.RunAsync(_cancellation!.Cancel);
        }
        else
        {
            _cancellation!.Cancel();
        }
    }

    public override async Task RunAsync(Activation activation)
    {
        _activation = activation;
        try
        {
            await RunOnAsync(activation.GrainInstance!, activation.Silo);
        }
        catch (Exception failure)
        {
            activation.OnFailure(failure);
            if (method.IsOneWay)
            {
                activation.Silo.Log.LogWarning(failure, "One-way call {Call} failed", this);
            }

            Respond(activation.Silo, () => Reject(failure));
        }
    }

    /// <summary>Calls the target and answers with a copy of its result.</summary>
    public async Task RunOnAsync(object instance, Silo? host)
    {
        if (Volatile.Read(ref _isAbandoned))
        {
            return;
        }

        var result = method.CopyResult(await method.Invoke(instance, arguments));
        Respond(host, () => _answer.TrySetResult(result));
    }

    public void Reject(Exception failure)
    {
        // A failure that nobody waits for would be reported as unobserved.
        if (!method.IsOneWay && !Volatile.Read(ref _isAbandoned))
        {
            _answer.TrySetException(ExceptionCopier.Copy(failure));
        }
    }

    /// <summary>Sends the call on from an activation that has ended, unless it has been sent on too often.</summary>
    public void Forward(int limit)
    {
        if (++_forwards > limit)
        {
            Reject(new OrleansMessageRejectionException($"Forwarding failed: {this} was forwarded {limit} times. Rejecting now."));
            return;
        }

        cluster.Send(this);
    }

    public override string ToString() => $"{method} of {target}";

    // A silo that froze meanwhile answers when it is thawed, and one that died never does.
    private static void Respond(Silo? host, Action answer)
    {
        if (host is null || host.MayRun(answer))
        {
            answer();
        }
    }
}
